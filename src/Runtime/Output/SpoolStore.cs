using System.IO;
using System.Threading;

namespace HpcRuntime.Output;

/// <summary>Where spools keep their bytes: memory up to a cap, then shared temporary files. Thread-safe.</summary>
/// <param name="cap">Bytes of memory that all its spools together may take.</param>
/// <param name="folder">Where temporary files are made; null for the system's temporary folder.</param>
internal sealed class SpoolStore(long cap, string? folder = null)
{
    // Below the size from which arrays are not compacted.
    private const int MemoryCapacity = 64 * 1024;
    private const long FileCapacity = 64L * 1024 * 1024;

    private readonly Lock _lock = new();
    private MemoryBlock? _memory;
    private FileBlock? _file;
    private long _inMemory;

    /// <summary>The process's: 64 MiB.</summary>
    public static SpoolStore Shared { get; } = new(64L * 1024 * 1024);

    /// <summary>Bytes of memory taken now.</summary>
    public long InMemory => Volatile.Read(ref _inMemory);

    /// <summary>Finds room for <paramref name="count"/> bytes, in memory while the cap allows it.</summary>
    public SpoolExtent Reserve(int count)
    {
        lock (_lock)
        {
            if (_memory is not null && _memory.TryReserve(count, out var offset))
            {
                return new SpoolExtent(_memory, offset, count, 0);
            }

            // What is large gets a block of its own size: the present one still has room for small output.
            var large = count > MemoryCapacity / 2;
            var capacity = large ? count : MemoryCapacity;
            if (Interlocked.Add(ref _inMemory, capacity) <= cap)
            {
                var block = new MemoryBlock(this, capacity);
                block.TryReserve(count, out offset);
                if (large)
                {
                    block.Release();
                }
                else
                {
                    _memory?.Release();
                    _memory = block;
                }

                return new SpoolExtent(block, offset, count, 0);
            }

            GiveBack(capacity);
            if (_file is null || !_file.TryReserve(count, out offset))
            {
                _file?.Release();
                _file = null;
                _file = NewFile(FileCapacity);
                _file.TryReserve(count, out offset);
            }

            return new SpoolExtent(_file, offset, count, 0);
        }
    }

    /// <summary>A file for one user.</summary>
    public SpoolBlock NewFile() => NewFile(long.MaxValue);

    /// <summary>Memory that a block no longer takes.</summary>
    public void GiveBack(long bytes) => Interlocked.Add(ref _inMemory, -bytes);

    private FileBlock NewFile(long capacity) => new(folder ?? Path.GetTempPath(), capacity);
}
