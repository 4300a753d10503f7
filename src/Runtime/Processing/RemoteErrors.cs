using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>Exceptions as values: type, message and stack of each in the chain, whatever the exception itself is made of.</summary>
internal static class RemoteErrors
{
    private const int Longest = 16;
    private const int LongestText = 64 * 1024;

    internal static void Write(WireWriter writer, Exception? error)
    {
        var chain = Of(error);
        writer.WriteVarUInt((ulong)chain.Length);
        foreach (var link in chain)
        {
            writer.WriteString(link.Type);
            writer.WriteString(link.Message);
            writer.WriteString(link.Stack);
        }
    }

    /// <summary>An exception and its inner ones.</summary>
    internal static RemoteError[] Of(Exception? error)
    {
        var chain = new List<Exception>();
        Collect(error, chain);
        return [.. chain.ConvertAll(static link => new RemoteError(link.GetType().FullName ?? link.GetType().Name, Ask(link, static e => e.Message), Ask(link, static e => e.StackTrace ?? string.Empty)))];
    }

    internal static List<RemoteError> Read(WireReader reader)
    {
        var count = (int)Math.Min(reader.ReadVarUInt(), Longest);
        var chain = new List<RemoteError>(count);
        for (var i = 0; i < count; i++)
        {
            chain.Add(new RemoteError(reader.ReadString() ?? string.Empty, reader.ReadString() ?? string.Empty, reader.ReadString() ?? string.Empty));
        }

        return chain;
    }

    private static void Collect(Exception? error, List<Exception> chain)
    {
        if (error is null || chain.Count == Longest)
        {
            return;
        }

        chain.Add(error);
        if (error is AggregateException aggregate)
        {
            foreach (var inner in aggregate.InnerExceptions)
            {
                Collect(inner, chain);
            }
        }
        else
        {
            Collect(error.InnerException, chain);
        }
    }

    private static string Ask(Exception error, Func<Exception, string> question)
    {
        string text;
        try
        {
            text = question(error);
        }
        catch (Exception failed)
        {
            // The user's own Message or StackTrace may throw; that must not hide the failure it belongs to.
            text = $"(asking the exception for its text threw {failed.GetType().FullName})";
        }

        return text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText), " [cut]");
    }
}
