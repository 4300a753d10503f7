using System;
using System.IO;
using System.Text;

namespace HpcRuntime.Hosting;

/// <summary>The process's standard error for the runtime's own words, also while Console.Error is routed to commands.</summary>
internal static class StandardError
{
    /// <summary>A writer on it, UTF-8 and unbuffered. What cannot be written, as on a full disk, is dropped: nobody is left to be told, and the exit code is to say how the run went.</summary>
    internal static TextWriter Open() => new StreamWriter(new Dropping(Console.OpenStandardError()), new UTF8Encoding(false)) { AutoFlush = true };

    private sealed class Dropping(Stream output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                output.Write(buffer);
            }
            catch (IOException)
            {
                // As told above.
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
