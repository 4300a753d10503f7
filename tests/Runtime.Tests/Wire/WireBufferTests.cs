using System;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireBufferTests
{
    [Test]
    public void What_is_written_is_read_in_the_same_order()
    {
        var writer = new WireWriter(new SentTypes());
        var at = writer.Reserve(4);
        writer.WriteByte(200);
        writer.WriteBool(true);
        foreach (var number in new ulong[] { 0, 127, 128, 16_383, 16_384, uint.MaxValue, ulong.MaxValue })
        {
            writer.WriteVarUInt(number);
        }

        foreach (var number in new long[] { 0, -1, 63, -64, long.MinValue, long.MaxValue })
        {
            writer.WriteVarInt(number);
        }

        writer.WriteInt32(-5);
        writer.WriteInt64(long.MinValue);
        writer.WriteUInt64(ulong.MaxValue);
        writer.WriteDouble(Math.PI);
        writer.WriteString(null);
        writer.WriteString("");
        writer.WriteString(new string('x', 1000));
        writer.WriteString("\uDC00Ω");
        writer.WriteBytes([1, 2, 3]);
        writer.WriteBytes([9, 9]);
        writer.PatchInt32(at, writer.Position);

        var buffer = new byte[writer.Position + 10];
        writer.WrittenSpan.CopyTo(buffer.AsSpan(5));
        var reader = Reader(buffer, 5, writer.Position);
        Assert.That(reader.ReadInt32(), Is.EqualTo(writer.Position));
        Assert.That(reader.Position, Is.EqualTo(4));
        Assert.That(reader.ReadByte(), Is.EqualTo(200));
        Assert.That(reader.ReadBool(), Is.True);
        foreach (var number in new ulong[] { 0, 127, 128, 16_383, 16_384, uint.MaxValue, ulong.MaxValue })
        {
            Assert.That(reader.ReadVarUInt(), Is.EqualTo(number));
        }

        foreach (var number in new long[] { 0, -1, 63, -64, long.MinValue, long.MaxValue })
        {
            Assert.That(reader.ReadVarInt(), Is.EqualTo(number));
        }

        Assert.That((reader.ReadInt32(), reader.ReadInt64(), reader.ReadUInt64(), reader.ReadDouble()), Is.EqualTo((-5, long.MinValue, ulong.MaxValue, Math.PI)));
        Assert.That((reader.ReadString(), reader.ReadString(), reader.ReadString()!.Length, reader.ReadString()), Is.EqualTo(((string?)null, "", 1000, "\uDC00Ω")));
        Assert.That(reader.ReadBytes(3).ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        reader.Skip(2);
        Assert.That(reader.Remaining, Is.Zero);
    }

    [Test]
    public void Reading_beyond_the_end_says_so()
    {
        var reader = Reader([1, 2, 3], 0, 3);
        Assert.That(Assert.Throws<WireFormatException>(() => reader.ReadInt32())!.Message, Does.Contain("ends too soon"));
        Assert.Throws<WireFormatException>(() => reader.ReadBytes(4));
        Assert.Throws<WireFormatException>(() => reader.Skip(int.MaxValue));
        Assert.That(reader.Remaining, Is.EqualTo(3), "a failed read takes nothing");
    }

    [Test]
    public void A_number_of_more_than_64_bits_is_refused()
    {
        Assert.Throws<WireFormatException>(() => Reader([255, 255, 255, 255, 255, 255, 255, 255, 255, 2], 0, 10).ReadVarUInt());
        Assert.Throws<WireFormatException>(() => Reader([128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1], 0, 11).ReadVarUInt());
    }

    [Test]
    public void A_cleared_writer_allocates_nothing_for_the_same_again()
    {
        var writer = new WireWriter(new SentTypes());
        var value = new Command(5, "text");
        var before = 0L;
        for (var i = 0; i < 1_000; i++)
        {
            writer.Clear();
            WireSerializer.Default.Write(writer, value);
            if (i == 500)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        // The smallest object has 24 bytes: fewer in each of 499 rounds are none. A background collection meanwhile adds up to 8 KiB to the count, once.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(499 * 24));
    }

    private static WireReader Reader(byte[] buffer, int offset, int length)
    {
        var reader = new WireReader(new ReceivedTypes(WireTypePolicy.ForApplication(), "a test"));
        reader.Reset(buffer, offset, length, WireBlockSource.None);
        return reader;
    }

    private sealed record Command(int Number, string Text);
}
