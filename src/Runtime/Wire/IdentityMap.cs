using System;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Wire;

/// <summary>Objects met so far, numbered in the order they were added. Open addressing over identity hashes; the first few are found by looking at each.</summary>
internal sealed class IdentityMap
{
    private const int Few = 8;
    private const int KeepCapacity = 1 << 14;

    private object[] _objects = new object[16];
    private int[] _slots = [];
    private int _count;

    public bool TryFind(object value, out int index)
    {
        if (_count <= Few)
        {
            for (index = _count - 1; index >= 0; index--)
            {
                if (ReferenceEquals(_objects[index], value))
                {
                    return true;
                }
            }

            return false;
        }

        var mask = _slots.Length - 1;
        for (var at = Spread(value) & mask; ; at = (at + 1) & mask)
        {
            index = _slots[at] - 1;
            if (index < 0)
            {
                return false;
            }

            if (ReferenceEquals(_objects[index], value))
            {
                return true;
            }
        }
    }

    /// <summary>Numbers an object; where it has a number already, the new one is found from now on.</summary>
    public void Add(object value)
    {
        if (_count == _objects.Length)
        {
            Array.Resize(ref _objects, 2 * _count);
        }

        _objects[_count++] = value;
        if (_count <= Few)
        {
            return;
        }

        if (_count == Few + 1 || 2 * _count > _slots.Length)
        {
            Rebuild();
        }
        else
        {
            Insert(_count - 1);
        }
    }

    public void Clear()
    {
        if (_count == 0)
        {
            return;
        }

        if (_objects.Length > KeepCapacity)
        {
            _objects = new object[16];
            _slots = [];
        }
        else
        {
            Array.Clear(_objects, 0, _count);
        }

        _count = 0;
    }

    private static int Spread(object value) => (int)((uint)RuntimeHelpers.GetHashCode(value) * 0x9E3779B1u >> 7);

    private void Rebuild()
    {
        if (4 * _count > _slots.Length)
        {
            _slots = new int[Math.Max(64, 2 * _slots.Length)];
        }
        else
        {
            Array.Clear(_slots);
        }

        for (var i = 0; i < _count; i++)
        {
            Insert(i);
        }
    }

    private void Insert(int index)
    {
        var mask = _slots.Length - 1;
        var at = Spread(_objects[index]) & mask;
        while (_slots[at] != 0 && !ReferenceEquals(_objects[_slots[at] - 1], _objects[index]))
        {
            at = (at + 1) & mask;
        }

        _slots[at] = index + 1;
    }
}
