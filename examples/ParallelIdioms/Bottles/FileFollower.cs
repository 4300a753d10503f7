using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Text;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

/// <summary>Reads a file while it grows: whole lines only. A file that was cut short, or replaced by another under its name, is read from its start. One thread at a time.</summary>
internal sealed class FileFollower(FilePlace start) : IDisposable
{
    /// <summary>A line that is longer comes in pieces.</summary>
    private const int LongestLine = 1 << 20;

    private readonly byte[] _block = new byte[1 << 16];
    private readonly MemoryStream _unfinished = new(); // what was read of a line whose end has not been written
    private readonly string _path = start.Path;
    private FileStream? _file;
    private byte[] _head = start.Head;
    private long _read = start.Offset;

    /// <summary>Behind the last line that was returned.</summary>
    internal FilePlace Place => new(_path, _read - _unfinished.Length, _head);

    /// <summary>Whether the file was found at all so far.</summary>
    internal bool WasFound { get; private set; }

    /// <summary>What came since the last call, as far as a block of 64 KiB goes; null when nothing did.</summary>
    internal IReadOnlyList<string>? ReadLines()
    {
        if (_file is null && !TryOpen(out _file))
        {
            return null;
        }

        if (!IsThis(_file))
        {
            Begin(_file); // It was emptied and written anew. What was unfinished is gone.
        }

        var count = ReadBlock();
        if (count > 0)
        {
            return LinesOf(_block.AsSpan(0, count));
        }

        if (!TryOpen(out var now))
        {
            return null; // Moved away, and no other in its place yet.
        }

        if (IsThis(now))
        {
            Replace(now);
            return now.Length > _read ? [] : null; // Perhaps another one, after an empty one.
        }

        // What was moved away is complete, its last line too, with or without its end.
        var last = Take();
        Replace(now);
        Begin(now);
        return last.Length > 0 ? [last] : [];
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    /// <summary>Whether what was read so far can be from that file.</summary>
    private bool IsThis(FileStream file) => file.Length >= _read && Place.IsIn(file);

    private bool TryOpen([NotNullWhen(true)] out FileStream? file)
    {
        try
        {
            file = FilePlace.Open(_path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            file = null;
            return false;
        }

        WasFound = true;
        return true;
    }

    private void Replace(FileStream now)
    {
        _file?.Dispose();
        _file = now;
    }

    private void Begin(FileStream file)
    {
        (_file, _head, _read) = (file, [], 0);
        _unfinished.SetLength(0);
    }

    private int ReadBlock()
    {
        var count = RandomAccess.Read(_file!.SafeFileHandle, _block, _read);
        if (_head.Length < FilePlace.HeadSize && _read == _head.Length)
        {
            _head = [.. _head, .. _block.AsSpan(0, Math.Min(count, FilePlace.HeadSize - _head.Length))];
        }

        _read += count;
        return count;
    }

    private List<string> LinesOf(ReadOnlySpan<byte> block)
    {
        var lines = new List<string>();
        for (var end = block.IndexOf((byte)'\n'); end >= 0; end = block.IndexOf((byte)'\n'))
        {
            _unfinished.Write(block[..end]);
            lines.Add(Take());
            block = block[(end + 1)..];
        }

        _unfinished.Write(block);
        if (_unfinished.Length > LongestLine)
        {
            lines.Add(Take());
        }

        return lines;
    }

    /// <summary>The unfinished line as it is, which begins a new one.</summary>
    private string Take()
    {
        var line = Encoding.UTF8.GetString(_unfinished.GetBuffer(), 0, (int)_unfinished.Length).Trim();
        _unfinished.SetLength(0);
        return line;
    }
}
