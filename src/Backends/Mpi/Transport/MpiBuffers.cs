using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>Native memory for what is under way: pieces in sizes of powers of two, used again because fresh pages cost more than the copy into them. Under the gate.</summary>
internal sealed unsafe class MpiBuffers
{
    private const int Smallest = 9; // 512 bytes.
    private const long MostKept = 512L << 20;
    private static readonly long KeepTicks = Stopwatch.Frequency * 2;

    private readonly Stack<nint>[] _free = new Stack<nint>[40];
    private long _kept;
    private long _usedAt;

    /// <summary>Whether there is memory to give back that has not been used for a while.</summary>
    internal bool IsTrimmable => _kept > (1 << 20) && Stopwatch.GetTimestamp() - _usedAt > KeepTicks;

    /// <summary>Memory of at least so many bytes.</summary>
    internal byte* Take(nuint bytes)
    {
        var size = SizeClass(bytes);
        if (size > 20)
        {
            _usedAt = Stopwatch.GetTimestamp();
        }

        if (_free[size] is { Count: > 0 } stack)
        {
            _kept -= 1L << size;
            return (byte*)stack.Pop();
        }

        return (byte*)NativeMemory.AlignedAlloc((nuint)1 << size, 64);
    }

    internal void Return(byte* memory, nuint bytes)
    {
        var size = SizeClass(bytes);
        if (_kept + (1L << size) > MostKept)
        {
            NativeMemory.AlignedFree(memory);
            return;
        }

        (_free[size] ??= new Stack<nint>()).Push((nint)memory);
        _kept += 1L << size;
    }

    /// <summary>Gives back what is kept.</summary>
    internal void Trim()
    {
        foreach (var stack in _free)
        {
            while (stack is { Count: > 0 })
            {
                NativeMemory.AlignedFree((void*)stack.Pop());
            }
        }

        _kept = 0;
    }

    private static int SizeClass(nuint bytes) => Math.Max(Smallest, BitOperations.Log2((ulong)Math.Max(bytes, 1) - 1 | 1) + 1);
}
