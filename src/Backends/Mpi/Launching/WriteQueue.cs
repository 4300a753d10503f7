using System;
using System.Collections.Concurrent;
using System.IO;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>Writes to a stream from a thread of its own: who writes here waits only while the queue is full, and is not told when the stream cannot be written, after which all is dropped.
/// Each <see cref="Flush"/> queues what was written since the one before. Written by one thread.</summary>
internal sealed class WriteQueue : Stream
{
    private readonly BlockingCollection<byte[]> _pieces;
    private readonly MemoryStream _piece = new();
    private readonly System.Threading.Thread _writer;

    /// <summary>Begins to write.</summary>
    /// <param name="output">Where to; it stays open.</param>
    /// <param name="length">How many pieces may wait.</param>
    internal WriteQueue(Stream output, int length)
    {
        _pieces = new BlockingCollection<byte[]>(length);
        _writer = new System.Threading.Thread(() => Write(output)) { IsBackground = true, Name = "standard error" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <summary>Whether who writes has to wait.</summary>
    internal bool IsFull => _pieces.Count == _pieces.BoundedCapacity;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => _piece.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override void Flush()
    {
        if (_piece.Length > 0)
        {
            try
            {
                _pieces.Add(_piece.ToArray());
            }
            catch (InvalidOperationException)
            {
                // Finished: what comes now is not wanted any more.
            }

            _piece.SetLength(0);
        }
    }

    /// <summary>Takes no more, and waits for what it has to be written; false when that takes longer than <paramref name="time"/>. Several times, by any thread.</summary>
    internal bool Finish(TimeSpan time)
    {
        _pieces.CompleteAdding();
        return _writer.Join(time);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void Write(Stream output)
    {
        var isWritable = true;
        foreach (var piece in _pieces.GetConsumingEnumerable())
        {
            try
            {
                if (isWritable)
                {
                    output.Write(piece);
                    output.Flush();
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                isWritable = false; // A full disk, or nobody reads any more. The words in what follows count all the same.
            }
        }
    }
}
