using System;
using System.Collections.Generic;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

/// <summary>A sender and a receiver with tables of their own: everything goes through bytes.</summary>
internal sealed class WirePair
{
    public WirePair(int blockThreshold = 16 * 1024)
    {
        Writer = new WireWriter(Sent, blockThreshold);
        Reader = new WireReader(Received);
    }

    public SentTypes Sent { get; } = new();

    public ReceivedTypes Received { get; } = new(WireTypePolicy.ForApplication(), "rank 3 on host there");

    public WireWriter Writer { get; }

    public WireReader Reader { get; }

    public static T RoundTrip<T>(T value) => new WirePair().Send(value);

    public static WireTypeException Refusal(object value) =>
        Assert.Throws<WireTypeException>(() => WireSerializer.Default.Write(new WirePair().Writer, value))!;

    public T Send<T>(T value)
    {
        Writer.Clear();
        WireSerializer.Default.Write(Writer, value);
        return (T)Receive()!;
    }

    /// <summary>Sends over the definitions the receiver lacks, then what was written.</summary>
    public object? Receive(WireBlockSource? blocks = null)
    {
        Define();
        var bytes = Writer.WrittenSpan.ToArray();
        Reader.Reset(bytes, 0, bytes.Length, blocks ?? new BlocksOf(Writer.Blocks.ToArray()));
        var value = WireSerializer.Default.Read(Reader);
        Assert.That(Reader.Remaining, Is.Zero, "everything written is read");
        return value;
    }

    public void Define()
    {
        var writer = new WireWriter(Sent);
        Sent.WriteDefinitions(writer, Received.Count);
        var bytes = writer.WrittenSpan.ToArray();
        Reader.Reset(bytes, 0, bytes.Length, WireBlockSource.None);
        Received.ReadDefinitions(Reader);
        Assert.That(Reader.Remaining, Is.Zero);
    }
}

/// <summary>Blocks that were copied aside when sent, filled in when asked.</summary>
internal sealed class BlocksOf(IReadOnlyList<WireBlock> blocks) : WireBlockSource
{
    public override int Count => blocks.Count;

    public int Filled { get; private set; }

    public override nuint ByteCount(int index) => blocks[index].ByteCount;

    public override void Fill(int index, Array destination)
    {
        Filled++;
        Array.Copy(blocks[index].Array, destination, destination.Length);
    }
}
