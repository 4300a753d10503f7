using System;
using System.Text;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Slaves;

/// <summary>What a slave process leaves behind: its page and its two files of output, which the master reads after its death.</summary>
internal static class SlaveRemains
{
    /// <summary>The most of each stream that a loss carries: its end.</summary>
    private const int MostOutput = 1 << 20;

    private const int LongestReason = 300;

    private static readonly string[] LastWords = ["Unhandled exception. ", "Stack overflow.", "Process terminated.", "Out of memory.", "Fatal error."];

    /// <summary>Adds to a loss what the slave was running and what it had printed beyond the first <paramref name="messages"/> messages that came from it.</summary>
    internal static RankLoss Complete(RankLoss loss, SlavePage page, MemoryFile outFile, MemoryFile errorFile, long messages)
    {
        var mark = page.MarkAt(messages);
        return loss with { RunningCommand = page.Running, Out = Rest(outFile, mark.Out), Error = Rest(errorFile, mark.Error) };
    }

    /// <summary>The line in which .NET says why it ends a process, the last one if there are several; null when it does not.</summary>
    internal static string? Reason(MemoryFile errorFile)
    {
        var text = Encoding.UTF8.GetString(Rest(errorFile, 0));
        // It may begin behind half a line of the command's own.
        var at = -1;
        foreach (var opening in LastWords)
        {
            at = Math.Max(at, text.LastIndexOf(opening, StringComparison.Ordinal));
        }

        if (at < 0)
        {
            return null;
        }

        var lines = text[at..].Split('\n', 3, StringSplitOptions.TrimEntries);
        var reason = lines[0].EndsWith('.') && lines.Length > 1 && !lines[0].StartsWith("Stack", StringComparison.Ordinal) ? lines[0] + " " + lines[1] : lines[0];
        return reason.Length > LongestReason ? string.Concat(reason.AsSpan(0, LongestReason), "...") : reason;
    }

    private static byte[] Rest(MemoryFile file, long shipped)
    {
        var length = file.Length;
        var from = Math.Max(shipped, length - MostOutput);
        var bytes = new byte[Math.Max(0, length - from)];
        var filled = 0;
        while (filled < bytes.Length)
        {
            var read = Descriptors.ReadAt(file.Descriptor, bytes.AsSpan(filled), from + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled == bytes.Length ? bytes : bytes[..filled];
    }
}
