using System;
using System.IO;
using System.Text;
using System.Threading;

namespace HpcRuntime.Hosting;

/// <summary>A stream of the console whose writes take the live line away first. Used only while there is one.</summary>
internal sealed class LiveLineStream(LiveLine line, Stream inner) : Stream
{
    // After half a line the live line may not be drawn: it would be drawn behind it, and erased over it.
    private static int _openLine;

    /// <summary>Whether the last byte written to the terminal ended its line.</summary>
    internal static bool AtLineStart => Volatile.Read(ref _openLine) == 0;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>A writer on the stream, for <see cref="Console.SetOut"/> and its sibling.</summary>
    internal static TextWriter Writer(LiveLineStream stream) => TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true });

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length == 0)
        {
            return;
        }

        var copy = buffer.ToArray();
        line.Around(() =>
        {
            inner.Write(copy);
            inner.Flush();
            Volatile.Write(ref _openLine, copy[^1] == (byte)'\n' ? 0 : 1);
        });
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
