using System;
using System.Collections.Generic;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>One stretch of a bulk file, mapped, and what of it is free: first fit, neighbours joined.</summary>
internal sealed unsafe class BulkSegment : IDisposable
{
    private const long HugePage = 2L << 20;

    private readonly Mapping _mapping;
    private readonly List<(long Offset, long Length)> _free;

    internal BulkSegment(MemoryFile file, long start, long length)
    {
        Start = start;
        Length = length;
        _mapping = Mapping.Of(file, start, (nuint)length);
        if (length >= HugePage)
        {
            _mapping.PreferHugePages();
        }

        _free = [(0, length)];
    }

    /// <summary>Where it begins in the file.</summary>
    internal long Start { get; }

    internal long Length { get; }

    internal byte* Address => _mapping.Address;

    /// <summary>The highest byte that was ever handed out, plus one.</summary>
    internal long Used { get; set; }

    internal bool TryTake(long length, out long offset)
    {
        for (var i = 0; i < _free.Count; i++)
        {
            var (start, room) = _free[i];
            if (room < length)
            {
                continue;
            }

            offset = start;
            if (room == length)
            {
                _free.RemoveAt(i);
            }
            else
            {
                _free[i] = (start + length, room - length);
            }

            return true;
        }

        offset = 0;
        return false;
    }

    internal void Return(long offset, long length)
    {
        var i = 0;
        while (i < _free.Count && _free[i].Offset < offset)
        {
            i++;
        }

        _free.Insert(i, (offset, length));
        if (i + 1 < _free.Count && offset + length == _free[i + 1].Offset)
        {
            _free[i] = (offset, length + _free[i + 1].Length);
            _free.RemoveAt(i + 1);
        }

        if (i > 0 && _free[i - 1].Offset + _free[i - 1].Length == offset)
        {
            _free[i - 1] = (_free[i - 1].Offset, _free[i - 1].Length + _free[i].Length);
            _free.RemoveAt(i);
        }
    }

    public void Dispose() => _mapping.Dispose();
}
