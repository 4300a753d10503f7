using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary>Reads values from a file or standard input, one at a time, no further ahead than a buffer.</summary>
internal static class InputReader
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>The values of a file; <c>-</c> is standard input.</summary>
    /// <exception cref="UsageException">The file cannot be read, or is not UTF-8.</exception>
    internal static IEnumerable<string> ReadFile(string file, byte separator)
    {
        using var stream = Open(file);
        foreach (var value in Read(stream, file == "-" ? "standard input" : file, separator))
        {
            yield return value;
        }
    }

    /// <summary>The values of a stream: what stands before each separator, and behind the last one if there is anything.</summary>
    internal static IEnumerable<string> Read(Stream stream, string name, byte separator)
    {
        var buffer = new byte[BufferBytes];
        var held = new List<byte>();
        var number = 0L;
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            var start = 0;
            int length;
            while ((length = buffer.AsSpan(start, count - start).IndexOf(separator)) >= 0)
            {
                held.AddRange(buffer.AsSpan(start, length));
                yield return Decode(held, name, ++number);
                held.Clear();
                start += length + 1;
            }

            held.AddRange(buffer.AsSpan(start, count - start));
        }

        if (held.Count > 0)
        {
            yield return Decode(held, name, ++number);
        }
    }

    private static Stream Open(string file)
    {
        if (file == "-")
        {
            return Console.OpenStandardInput();
        }

        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"hpcrun exec: cannot read {file}: {e.Message}");
        }
    }

    private static string Decode(List<byte> bytes, string name, long number)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.ToArray());
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException(FormattableString.Invariant($"hpcrun exec: value {number} of {name} is not UTF-8, and .NET cannot hand it to a program as it is."));
        }
    }
}
