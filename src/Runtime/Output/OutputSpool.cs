using System;
using System.Collections.Generic;
using System.IO;

namespace HpcRuntime.Output;

/// <summary>
/// Keeps one stream of one command's output on the master. Small output lies in memory that all spools share, up to a cap;
/// beyond it, or above 1 MiB, in temporary files that no crash leaves behind. An empty spool is two small objects. Nothing is lost when a spool is never disposed: its memory and files go with the garbage.
/// </summary>
/// <remarks>Any member may be called from any thread, also while others append and read.</remarks>
public sealed class OutputSpool : IDisposable
{
    /// <summary>Bytes of one spool that may lie in memory.</summary>
    internal const int MostInMemory = 1024 * 1024;

    // Later appends reserve room ahead, so that a command that prints often has few extents.
    private const int MostAhead = 64 * 1024;

    private readonly SpoolStore _store;

    // All below: under the lock, which is the list of extents, so that a million spools need no lock objects.
    private readonly List<SpoolExtent> _extents = [];
    private long _length;
    private SpoolBlock? _own;
    private bool _disposed;

    /// <summary>A spool that shares the process's memory and files.</summary>
    public OutputSpool()
        : this(SpoolStore.Shared)
    {
    }

    internal OutputSpool(SpoolStore store)
    {
        _store = store;
    }

    /// <summary>Bytes appended so far.</summary>
    public long Length
    {
        get
        {
            lock (_extents)
            {
                return _length;
            }
        }
    }

    /// <summary>True when it has a temporary file of its own.</summary>
    internal bool HasOwnFile
    {
        get
        {
            lock (_extents)
            {
                return _own is not null;
            }
        }
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="IOException">The temporary folder has no room; <see cref="Length"/> is then what was kept.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_extents)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (bytes.IsEmpty)
            {
                return;
            }

            if (_own is null && _length + bytes.Length > MostInMemory)
            {
                MoveToOwnFile();
            }

            if (_own is not null)
            {
                _own.Write(_length, bytes);
                _length += bytes.Length;
                return;
            }

            AppendToExtents(bytes);
        }
    }

    /// <summary>Opens the bytes for reading from their start, any number of times. The stream can seek and grows with the spool. The caller disposes it.</summary>
    public Stream OpenRead()
    {
        lock (_extents)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
        }

        return new SpoolReader(this);
    }

    /// <summary>Gives memory and files back at once. Streams that are still open throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_extents)
        {
            if (!_disposed)
            {
                _disposed = true;
                ReleaseExtents();
                _own?.Release();
                _own = null;
            }
        }
    }

    /// <summary>Reads at a position; 0 at and behind the end.</summary>
    internal int Read(long position, Span<byte> destination)
    {
        lock (_extents)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var count = (int)Math.Min(destination.Length, Math.Max(0, _length - position));
            destination = destination[..count];
            if (_own is not null)
            {
                _own.Read(position, destination);
                return count;
            }

            foreach (var extent in _extents)
            {
                if (destination.IsEmpty)
                {
                    break;
                }

                if (position < extent.Length)
                {
                    var part = destination[..(int)Math.Min(destination.Length, extent.Length - position)];
                    extent.Block.Read(extent.Offset + position, part);
                    destination = destination[part.Length..];
                    position = 0;
                }
                else
                {
                    position -= extent.Length;
                }
            }

            return count;
        }
    }

    private void AppendToExtents(ReadOnlySpan<byte> bytes)
    {
        if (_extents.Count > 0)
        {
            var last = _extents[^1];
            var fits = Math.Min(bytes.Length, last.Reserved - last.Length);
            if (fits > 0)
            {
                last.Block.Write(last.Offset + last.Length, bytes[..fits]);
                _extents[^1] = last with { Length = last.Length + fits };
                _length += fits;
                bytes = bytes[fits..];
            }
        }

        if (!bytes.IsEmpty)
        {
            var extent = _store.Reserve(Math.Max(bytes.Length, (int)Math.Min(_length, MostAhead)));
            _extents.Add(extent);
            extent.Block.Write(extent.Offset, bytes);
            _extents[^1] = extent with { Length = bytes.Length };
            _length += bytes.Length;
        }
    }

    private void MoveToOwnFile()
    {
        var file = _store.NewFile();
        try
        {
            var buffer = new byte[(int)Math.Min(_length, MostAhead)];
            for (long position = 0; position < _length;)
            {
                var count = Read(position, buffer);
                file.Write(position, buffer.AsSpan(0, count));
                position += count;
            }
        }
        catch
        {
            file.Release();
            throw;
        }

        _own = file;
        ReleaseExtents();
    }

    private void ReleaseExtents()
    {
        foreach (var extent in _extents)
        {
            extent.Block.Release();
        }

        _extents.Clear();
    }
}
