using System;
using System.IO;
using System.Threading;

namespace HpcRuntime.Output;

/// <summary>A part of a block that one spool has to itself.</summary>
/// <param name="Block">Where the bytes lie.</param>
/// <param name="Offset">Its first byte there.</param>
/// <param name="Reserved">Bytes that it may hold.</param>
/// <param name="Length">Bytes that it holds.</param>
internal readonly record struct SpoolExtent(SpoolBlock Block, long Offset, int Reserved, int Length);

/// <summary>
/// Room that spools share, handed out front to back and never twice. It goes when its store has sealed it and every user has
/// released it, or with the garbage when some never do.
/// </summary>
internal abstract class SpoolBlock(long capacity)
{
    // One for the store that hands it out, or for the only user.
    private int _users = 1;
    private long _used;

    /// <summary>Reserves room, or returns false when there is too little left. Under the store's lock.</summary>
    public bool TryReserve(int count, out long offset)
    {
        offset = _used;
        if (count > capacity - _used)
        {
            return false;
        }

        _used += count;
        Interlocked.Increment(ref _users);
        return true;
    }

    /// <summary>One user less; the last one frees the block.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Free();
        }
    }

    public abstract void Write(long offset, ReadOnlySpan<byte> bytes);

    public abstract void Read(long offset, Span<byte> destination);

    protected abstract void Free();
}

/// <summary>A block of memory, counted against its store's cap while it lives.</summary>
internal sealed class MemoryBlock(SpoolStore store, int capacity) : SpoolBlock(capacity)
{
    private byte[]? _bytes = new byte[capacity];
    private int _counted = capacity;

    /// <summary>Gives back what the garbage collector has freed; see <see cref="SpoolBlock"/>.</summary>
    ~MemoryBlock()
    {
        Free();
    }

    public override void Write(long offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes.AsSpan((int)offset));

    public override void Read(long offset, Span<byte> destination) => _bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);

    protected override void Free()
    {
        _bytes = null;
        store.GiveBack(Interlocked.Exchange(ref _counted, 0));
    }
}

/// <summary>A temporary file without a name where the system allows it: nothing of it is left when the process dies. Its handle's finalizer frees it with the garbage.</summary>
internal sealed class FileBlock : SpoolBlock, IDisposable
{
    private readonly FileStream _file;

    public FileBlock(string folder, long capacity)
        : base(capacity)
    {
        var unix = !OperatingSystem.IsWindows();
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = unix ? FileOptions.None : FileOptions.DeleteOnClose,
        };
        if (unix)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var path = Path.Combine(folder, $"hpc-output-{Guid.NewGuid():N}");
        _file = new FileStream(path, options);
        if (unix)
        {
            File.Delete(path);
        }
    }

    public override void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_file.SafeFileHandle, bytes, offset);

    public override void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var count = RandomAccess.Read(_file.SafeFileHandle, destination, offset);
            if (count == 0)
            {
                throw new EndOfStreamException("The temporary file of captured output is shorter than what was written to it.");
            }

            offset += count;
            destination = destination[count..];
        }
    }

    public void Dispose() => _file.Dispose();

    protected override void Free() => Dispose();
}
