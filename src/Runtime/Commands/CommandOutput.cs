using System;
using System.IO;
using System.Text;

namespace HpcRuntime.Commands;

/// <summary>What a command printed, byte for byte, each stream in order. Large output lies in a temporary file, not in memory.</summary>
public abstract class CommandOutput
{
    /// <summary>Nothing was printed.</summary>
    public static CommandOutput Empty { get; } = new EmptyOutput();

    /// <summary>Bytes of standard output.</summary>
    public abstract long OutLength { get; }

    /// <summary>Bytes of standard error.</summary>
    public abstract long ErrorLength { get; }

    /// <summary>True when the command printed more than its limit and the rest was cut.</summary>
    public abstract bool Truncated { get; }

    /// <summary>Opens standard output for reading, from its start. The caller disposes it.</summary>
    public abstract Stream OpenOut();

    /// <summary>Opens standard error for reading, from its start. The caller disposes it.</summary>
    public abstract Stream OpenError();

    /// <summary>All of standard output as UTF-8 text.</summary>
    public string Out => ReadAll(OpenOut());

    /// <summary>All of standard error as UTF-8 text.</summary>
    public string Error => ReadAll(OpenError());

    /// <summary>The last <paramref name="bytes"/> of standard error as text, from the start of a line where one begins in them.</summary>
    public string ErrorTail(int bytes = 4096) => Tail(OpenError(), ErrorLength, bytes);

    /// <summary>The last <paramref name="bytes"/> of standard output as text, from the start of a line where one begins in them.</summary>
    public string OutTail(int bytes = 4096) => Tail(OpenOut(), OutLength, bytes);

    /// <summary>The tails of both streams, of what lies behind these lengths: an attempt's own.</summary>
    internal LastOutput Last(long outFrom, long errorFrom) =>
        OutLength + ErrorLength == 0 ? LastOutput.None : new LastOutput(Tail(OpenOut(), OutLength, 4096, outFrom), Tail(OpenError(), ErrorLength, 4096, errorFrom));

    private static string Tail(Stream stream, long length, int bytes, long from = 0)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false), false);
        if (length <= from)
        {
            return string.Empty;
        }

        var start = Math.Max(from, length - bytes);
        stream.Seek(start, SeekOrigin.Begin);
        var text = reader.ReadToEnd();
        var newline = start > from ? text.IndexOf('\n', StringComparison.Ordinal) : -1;
        return newline >= 0 && newline + 1 < text.Length ? text[(newline + 1)..] : text;
    }

    private static string ReadAll(Stream stream)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false), false);
        return reader.ReadToEnd();
    }

    private sealed class EmptyOutput : CommandOutput
    {
        public override long OutLength => 0;

        public override long ErrorLength => 0;

        public override bool Truncated => false;

        public override Stream OpenOut() => Stream.Null;

        public override Stream OpenError() => Stream.Null;
    }
}
