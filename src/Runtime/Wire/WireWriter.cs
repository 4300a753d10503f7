using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace HpcRuntime.Wire;

/// <summary>A growing buffer that objects are written to, with the large arrays that travel beside it. Reusable; not thread-safe. Numbers of fixed size are little-endian.</summary>
[CannotTravel("it belongs to the messages of one rank")]
public sealed partial class WireWriter
{
    private readonly List<WireBlock> _blocks = [];
    private byte[] _buffer = new byte[256];
    private int _position;

    /// <summary>An empty writer that names types by <paramref name="types"/>.</summary>
    /// <param name="types">The table that this rank's receivers are told about.</param>
    /// <param name="blockThreshold">Bytes from which on an array of blittable elements travels as a block.</param>
    public WireWriter(SentTypes types, int blockThreshold = 16 * 1024)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentOutOfRangeException.ThrowIfNegative(blockThreshold);
        Types = types;
        BlockThreshold = blockThreshold;
    }

    /// <summary>True while a command is snapshotted: an array that becomes a block is cloned unless it lies inside a <see cref="Lent{T}"/>. False for results, whose blocks refer to the live arrays. Default false.</summary>
    public bool SnapshotArrays { get; set; }

    /// <summary>Bytes written since the last <see cref="Clear"/>.</summary>
    public int Position => _position;

    /// <summary>The bytes written; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _position);

    /// <summary>How many blocks were written.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>The blocks written, in order; valid until the next write.</summary>
    public ReadOnlySpan<WireBlock> Blocks => CollectionsMarshal.AsSpan(_blocks);

    internal SentTypes Types { get; }

    internal int BlockThreshold { get; }

    /// <summary>Forgets what was written and keeps the buffers.</summary>
    public void Clear()
    {
        _position = 0;
        if (_blocks.Count > 0)
        {
            _blocks.Clear();
        }
    }

    /// <summary>One byte.</summary>
    public void WriteByte(byte value) => Grab(1) = value;

    /// <summary>One byte, 0 or 1.</summary>
    public void WriteBool(bool value) => Grab(1) = value ? (byte)1 : (byte)0;

    /// <summary>One to ten bytes, seven bits each, lowest first.</summary>
    public void WriteVarUInt(ulong value)
    {
        if (value < 0x80)
        {
            Grab(1) = (byte)value;
            return;
        }

        WriteLongVarUInt(value);
    }

    /// <summary>As <see cref="WriteVarUInt"/>, with the sign in the lowest bit so that small negative numbers are short.</summary>
    public void WriteVarInt(long value) => WriteVarUInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Four bytes.</summary>
    public void WriteInt32(int value) => WriteRaw(value);

    /// <summary>Eight bytes.</summary>
    public void WriteInt64(long value) => WriteRaw(value);

    /// <summary>Eight bytes.</summary>
    public void WriteUInt64(ulong value) => WriteRaw(value);

    /// <summary>Eight bytes.</summary>
    public void WriteDouble(double value) => WriteRaw(value);

    /// <summary>A length and one byte per character where all are ASCII, else two; lone surrogates survive.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteByte(0);
            return;
        }

        var narrow = Ascii.IsValid(value);
        WriteVarUInt((((ulong)value.Length << 1) | (narrow ? 0UL : 1UL)) + 1);
        if (narrow)
        {
            var target = MemoryMarshal.CreateSpan(ref Grab(value.Length), value.Length);
            Encoding.Latin1.GetBytes(value, target);
        }
        else
        {
            WriteBytes(MemoryMarshal.AsBytes(value.AsSpan()));
        }
    }

    /// <summary>The bytes alone, without a length.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(MemoryMarshal.CreateSpan(ref Grab(bytes.Length), bytes.Length));

    /// <summary>Adds blocks that the bytes written next refer to.</summary>
    public void AppendBlocks(ReadOnlySpan<WireBlock> blocks) => _blocks.AddRange(blocks);

    /// <summary>Leaves room for <paramref name="count"/> bytes to be patched later, and returns where.</summary>
    public int Reserve(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var at = _position;
        MemoryMarshal.CreateSpan(ref Grab(count), count).Clear();
        return at;
    }

    /// <summary>Overwrites four bytes at <paramref name="at"/>, a position that <see cref="Reserve"/> returned.</summary>
    public void PatchInt32(int at, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(at);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(at, _position - sizeof(int));
        Unsafe.WriteUnaligned(ref _buffer[at], value);
    }

    internal void WriteRaw<T>(T value) where T : struct => Unsafe.WriteUnaligned(ref Grab(Unsafe.SizeOf<T>()), value);

    internal void RollBack(int position, int blocks)
    {
        _position = position;
        _blocks.RemoveRange(blocks, _blocks.Count - blocks);
        Forget();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Grab(int count)
    {
        var at = _position;
        if ((uint)(at + count) > (uint)_buffer.Length)
        {
            Grow(count);
        }

        _position = at + count;
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), at);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        var needed = (long)_position + count;
        if (needed > Array.MaxLength)
        {
            throw new WireTypeException("A message would hold more than 2 GiB beside its arrays; large data travels in arrays of numbers or of structs without references, which have no such limit.");
        }

        Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _buffer.Length)));
    }

    private void WriteLongVarUInt(ulong value)
    {
        ref var target = ref Grab(10);
        var length = 0;
        while (value >= 0x80)
        {
            Unsafe.Add(ref target, length++) = (byte)(value | 0x80);
            value >>= 7;
        }

        Unsafe.Add(ref target, length++) = (byte)value;
        _position += length - 10;
    }
}
