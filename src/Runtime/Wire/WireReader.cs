using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace HpcRuntime.Wire;

/// <summary>Reads what a <see cref="WireWriter"/> wrote. Reusable; not thread-safe. Every method throws <see cref="WireFormatException"/> when the bytes end too soon or make no sense.</summary>
[CannotTravel("it belongs to the messages of one rank")]
public sealed partial class WireReader
{
    private byte[] _buffer = [];
    private int _start;
    private int _position;
    private int _end;

    /// <summary>A reader that knows types by <paramref name="types"/>.</summary>
    public WireReader(ReceivedTypes types)
    {
        ArgumentNullException.ThrowIfNull(types);
        Types = types;
    }

    /// <summary>Bytes read since <see cref="Reset"/>.</summary>
    public int Position => _position - _start;

    /// <summary>Bytes not yet read.</summary>
    public int Remaining => _end - _position;

    internal ReceivedTypes Types { get; }

    /// <summary>Starts on <paramref name="length"/> bytes of <paramref name="buffer"/>, which stay unchanged while they are read.</summary>
    /// <param name="buffer">Holds the head of a message.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="blocks">The blocks beside it.</param>
    /// <param name="firstBlock">The first of them that belongs to what is read.</param>
    public void Reset(byte[] buffer, int offset, int length, WireBlockSource blocks, int firstBlock = 0)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBlock);
        _ = buffer.AsSpan(offset, length);
        _buffer = buffer;
        _start = _position = offset;
        _end = offset + length;
        _budget = length;
        _blocks = blocks;
        _nextBlock = firstBlock;
    }

    /// <summary>One byte.</summary>
    public byte ReadByte() => Take(1);

    /// <summary>One byte, 0 or 1.</summary>
    public bool ReadBool()
    {
        var value = Take(1);
        if (value > 1)
        {
            throw Malformed("a truth value");
        }

        return value != 0;
    }

    /// <summary>See <see cref="WireWriter.WriteVarUInt"/>.</summary>
    public ulong ReadVarUInt()
    {
        var first = Take(1);
        return first < 0x80 ? first : ReadLongVarUInt(first);
    }

    /// <summary>See <see cref="WireWriter.WriteVarInt"/>.</summary>
    public long ReadVarInt()
    {
        var value = ReadVarUInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Four bytes.</summary>
    public int ReadInt32() => ReadRaw<int>();

    /// <summary>Eight bytes.</summary>
    public long ReadInt64() => ReadRaw<long>();

    /// <summary>Eight bytes.</summary>
    public ulong ReadUInt64() => ReadRaw<ulong>();

    /// <summary>Eight bytes.</summary>
    public double ReadDouble() => ReadRaw<double>();

    /// <summary>See <see cref="WireWriter.WriteString"/>.</summary>
    public string? ReadString()
    {
        var code = ReadVarUInt();
        if (code == 0)
        {
            return null;
        }

        var length = (code - 1) >> 1;
        var wide = ((code - 1) & 1) != 0;
        if (length > (ulong)Remaining || (wide && 2 * length > (ulong)Remaining))
        {
            throw Malformed(string.Create(CultureInfo.InvariantCulture, $"a text of {length} characters"));
        }

        return wide ? new string(MemoryMarshal.Cast<byte, char>(ReadBytes(2 * (int)length))) : Encoding.Latin1.GetString(ReadBytes((int)length));
    }

    /// <summary>The next <paramref name="count"/> bytes, without a copy.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return MemoryMarshal.CreateReadOnlySpan(ref Take(count), count);
    }

    /// <summary>Passes over <paramref name="count"/> bytes.</summary>
    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Take(count);
    }

    internal T ReadRaw<T>() where T : struct => Unsafe.ReadUnaligned<T>(ref Take(Unsafe.SizeOf<T>()));

    internal WireFormatException Malformed(string expected) => new(string.Create(CultureInfo.InvariantCulture,
        $"A message from {Types.Peer} does not decode: {expected} was expected before byte {Position} of {_end - _start}."));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Take(int count)
    {
        var at = _position;
        if (count > _end - at)
        {
            ThrowTruncated(count);
        }

        _position = at + count;
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), at);
    }

    [DoesNotReturn]
    private void ThrowTruncated(int count) => throw new WireFormatException(string.Create(CultureInfo.InvariantCulture,
        $"A message from {Types.Peer} ends too soon: {count} bytes were expected at byte {Position} of {_end - _start}."));

    private ulong ReadLongVarUInt(byte first)
    {
        var value = (ulong)(first & 0x7F);
        for (var shift = 7; shift < 64; shift += 7)
        {
            var next = Take(1);
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return shift < 63 || next <= 1 ? value : throw Malformed("a number of at most 64 bits");
            }
        }

        throw Malformed("a number of at most 64 bits");
    }
}
