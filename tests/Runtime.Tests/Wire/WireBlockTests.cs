using System;
using System.Numerics;
using System.Runtime.InteropServices;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireBlockTests
{
    private static readonly Array[] Arrays =
    [
        new double[5_000], new byte[40_000], new char[20_000], new bool[20_000], new decimal[2_000], new DateTime[3_000], new DayOfWeek[5_000], new Complex[2_000], new Sample[2_000],
        new double[100, 50], new int[20, 30, 40], new Sample[50, 40], new long[1, 5_000],
    ];

    [TestCaseSource(nameof(Arrays))]
    public void A_large_array_of_blittable_elements_travels_beside_the_head(Array array)
    {
        Scramble(array);
        var pair = new WirePair();
        WireSerializer.Default.Write(pair.Writer, new Command(array, 7));
        Assert.That(pair.Writer.BlockCount, Is.EqualTo(1));
        Assert.That(pair.Writer.Blocks[0].Array, Is.SameAs(array));
        Assert.That((long)pair.Writer.Blocks[0].ByteCount, Is.EqualTo(Buffer(array).Length));
        Assert.That(pair.Writer.Position, Is.LessThan(64));
        var back = (Command)pair.Receive()!;
        Assert.That(back.Data, Is.EqualTo(array).And.Not.SameAs(array));
        Assert.That(back.Data.GetType(), Is.EqualTo(array.GetType()));
        Assert.That(back.Number, Is.EqualTo(7));
    }

    [Test]
    public void The_threshold_decides()
    {
        foreach (var (count, blocks) in new[] { (15, 0), (16, 1), (17, 1) })
        {
            var pair = new WirePair(16);
            WireSerializer.Default.Write(pair.Writer, new byte[count]);
            Assert.That(pair.Writer.BlockCount, Is.EqualTo(blocks));
            Assert.That(pair.Receive(), Is.EqualTo(new byte[count]));
        }
    }

    [Test]
    public void An_empty_array_never_becomes_a_block()
    {
        var pair = new WirePair(0);
        Assert.That(pair.Send(Array.Empty<int>()), Is.Empty);
        Assert.That(pair.Send(new int[0, 3]).GetLength(1), Is.EqualTo(3));
    }

    [Test]
    public void A_snapshot_holds_a_clone_that_later_changes_do_not_reach()
    {
        var pair = new WirePair();
        pair.Writer.SnapshotArrays = true;
        var data = new double[10_000];
        WireSerializer.Default.Write(pair.Writer, new Command(data, 1));
        data[3] = 5;
        Assert.That(pair.Writer.Blocks[0].Array, Is.Not.SameAs(data));
        Assert.That(pair.Writer.Blocks[0].Ownership, Is.EqualTo(WireBlockOwnership.Lent));
        Assert.That(((double[])((Command)pair.Receive()!).Data)[3], Is.Zero);
    }

    [Test]
    public void A_result_refers_to_the_live_array()
    {
        var pair = new WirePair();
        var data = new double[10_000];
        WireSerializer.Default.Write(pair.Writer, data);
        Assert.That(pair.Writer.Blocks[0], Is.EqualTo(new WireBlock(data, 80_000, WireBlockOwnership.Sender)));
    }

    [Test]
    public void What_is_lent_is_not_cloned_and_what_stands_beside_it_is()
    {
        var pair = new WirePair();
        pair.Writer.SnapshotArrays = true;
        var lent = new double[10_000];
        var beside = new double[10_000];
        WireSerializer.Default.Write(pair.Writer, new Lending(new Lent<Command>(new Command(lent, 1)), beside));
        var blocks = pair.Writer.Blocks.ToArray();
        Assert.That(blocks[0], Is.EqualTo(new WireBlock(lent, 80_000, WireBlockOwnership.Lent)));
        Assert.That(blocks[1].Array, Is.Not.SameAs(beside));
        var back = (Lending)pair.Receive()!;
        Assert.That(back.Lent.Value.Data, Is.EqualTo(lent));
    }

    [Test]
    public void An_array_lent_at_the_end_of_a_long_chain_is_not_cloned_either()
    {
        var data = new double[10_000];
        var chain = new Chain(null, data);
        for (var i = 0; i < 1_000; i++)
        {
            chain = new Chain(chain, null);
        }

        var pair = new WirePair();
        pair.Writer.SnapshotArrays = true;
        WireSerializer.Default.Write(pair.Writer, new Lent<Chain>(chain));
        Assert.That(pair.Writer.Blocks[0].Array, Is.SameAs(data));
    }

    [Test]
    public void Blocks_come_in_the_order_of_the_head_and_may_start_anywhere()
    {
        var pair = new WirePair(8);
        pair.Writer.AppendBlocks([new WireBlock(new byte[3], 3, WireBlockOwnership.Shared)]);
        WireSerializer.Default.Write(pair.Writer, new object[] { new[] { 1, 2 }, new[] { 3.0 }, new[] { 'a', 'b', 'c', 'd' } });
        pair.Define();
        var bytes = pair.Writer.WrittenSpan.ToArray();
        pair.Reader.Reset(bytes, 0, bytes.Length, new BlocksOf(pair.Writer.Blocks.ToArray()), 1);
        Assert.That(WireSerializer.Default.Read(pair.Reader), Is.EqualTo(new object[] { new[] { 1, 2 }, new[] { 3.0 }, new[] { 'a', 'b', 'c', 'd' } }));
    }

    [Test]
    public void An_array_already_there_is_used_as_it_is()
    {
        var pair = new WirePair();
        var data = new double[100, 100];
        WireSerializer.Default.Write(pair.Writer, data);
        var there = (double[,])data.Clone();
        Assert.That(pair.Receive(new There(there, 80_000)), Is.SameAs(there));
    }

    [Test]
    public void An_array_already_there_of_another_type_or_shape_is_refused()
    {
        foreach (var wrong in new Array[] { new long[10_000], new double[9_999], new double[50, 200], new double[10_000] })
        {
            var pair = new WirePair();
            WireSerializer.Default.Write(pair.Writer, new double[100, 100]);
            Assert.Throws<WireFormatException>(() => pair.Receive(new There(wrong, 80_000)));
        }
    }

    [Test]
    public void A_block_of_another_size_or_a_missing_one_is_refused_before_anything_is_allocated()
    {
        var pair = new WirePair();
        WireSerializer.Default.Write(pair.Writer, new double[10_000]);
        Assert.Throws<WireFormatException>(() => pair.Receive(new There(new double[10_000], 80_001)));
        Assert.Throws<WireFormatException>(() => pair.Receive(WireBlockSource.None));
        var huge = pair.Writer;
        huge.Clear();
        huge.WriteBytes(Head(pair));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WireFormatException>(() => pair.Receive(new There(new double[1], 8)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));

        // A head that announces two thousand million doubles.
        static byte[] Head(WirePair pair)
        {
            var writer = new WireWriter(pair.Sent);
            WireSerializer.Default.Write(writer, Array.Empty<double>());
            var head = writer.WrittenSpan[..^2].ToArray();
            writer.Clear();
            writer.WriteBytes(head);
            writer.WriteVarUInt(2_000_000_000);
            writer.WriteByte(1);
            return writer.WrittenSpan.ToArray();
        }
    }

    [Test]
    public void Byte_counts_of_arrays_beyond_2_GiB_do_not_overflow()
    {
        var array = GC.AllocateUninitializedArray<Wide>(34_000);
        var pair = new WirePair();
        WireSerializer.Default.Write(pair.Writer, array);
        Assert.That((ulong)pair.Writer.Blocks[0].ByteCount, Is.EqualTo(34_000UL * (ulong)Marshal.SizeOf<Wide>()).And.GreaterThan((ulong)int.MaxValue));
    }

    [Test]
    public void Elements_that_are_no_value_are_refused()
    {
        var pair = new WirePair();
        foreach (var array in new Array[] { new decimal[10], new DateTime[10] })
        {
            Buffer(array).Fill(0xFF);
            pair.Writer.Clear();
            WireSerializer.Default.Write(pair.Writer, array);
            Assert.Throws<WireFormatException>(() => pair.Receive());
        }
    }

    private static void Scramble(Array array)
    {
        if (array is decimal[] decimals)
        {
            Array.Fill(decimals, -1.5m);
            return;
        }

        // Seven bits, lowest byte first: valid for every type here, dates included.
        var bytes = Buffer(array);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = array is bool[]? (byte)(i & 1) : (byte)(i % 8 == 7 ? 0 : i % 101);
        }
    }

    private static Span<byte> Buffer(Array array) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), array.Length * ElementSize(array));

    private static int ElementSize(Array array) => array switch
    {
        char[] => 2,
        bool[] => 1,
        DateTime[] => 8,
        Sample[] or Sample[,] => System.Runtime.CompilerServices.Unsafe.SizeOf<Sample>(),
        _ => Marshal.SizeOf(array.GetType().GetElementType()!.IsEnum ? typeof(int) : array.GetType().GetElementType()!),
    };

    private readonly record struct Sample(double X, byte Flag, short Y);

    private sealed record Command(Array Data, int Number);

    private sealed record Lending(Lent<Command> Lent, double[] Beside);

    private sealed record Chain(Chain? Next, double[]? Data);

    [StructLayout(LayoutKind.Sequential, Size = 64_000)]
    private struct Wide
    {
        public int First;
    }

    private sealed class There(Array array, nuint bytes) : WireBlockSource
    {
        public override int Count => 1;

        public override nuint ByteCount(int index) => bytes;

        public override Array? TryTake(int index) => array;

        public override void Fill(int index, Array destination) => Assert.Fail("the array is there already");
    }
}
