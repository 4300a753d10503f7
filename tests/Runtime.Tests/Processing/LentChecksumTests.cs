using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

public sealed class LentChecksumTests
{
    private const int Length = 100_000;

    [Test]
    public void Every_byte_counts([Values(1, 7, 8, 9, 64)] int length)
    {
        var array = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        WireBlock[] blocks = [new(array, (nuint)length, WireBlockOwnership.Lent)];
        var before = LentChecksum.Of(blocks)!;
        for (var i = 0; i < length; i++)
        {
            array[i] ^= 0x10;
            Assert.That(LentChecksum.Matches(blocks, before), Is.False, $"byte {i}");
            array[i] ^= 0x10;
        }

        Assert.That(LentChecksum.Matches(blocks, before), Is.True);
    }

    [Test]
    public void Only_lent_blocks_are_looked_at()
    {
        double[] lent = [1, 2, 3];
        double[] shared = [4, 5, 6];
        WireBlock[] blocks = [new(shared, 24, WireBlockOwnership.Shared), new(lent, 24, WireBlockOwnership.Lent)];
        var before = LentChecksum.Of(blocks)!;
        shared[0] = 0;
        Assert.That((before.Length, LentChecksum.Matches(blocks, before)), Is.EqualTo((1, true)));
        lent[2] = -0.0;
        Assert.That(LentChecksum.Matches(blocks, before), Is.False);
        Assert.That(LentChecksum.Of(blocks.AsSpan(0, 1)), Is.Null);
    }

    [TestCase("uni")]
    [TestCase("thread")]
    public void An_array_that_was_changed_while_it_was_lent_fails_its_command_with_the_reason(string fabric)
    {
        using var processor = Open(fabric, check: true);
        var array = new double[Length];
        var command = processor.AddToQueue(new SumCommand(new Lent<double[]>(array)), options: new CommandOptions { Label = "borrower" });
        array[Length - 1] = 1;
        var failure = Assert.Throws<SlaveCommandException>(() => processor.RunQueue())!;
        Assert.That(failure.RemoteMessage, Is.EqualTo($"An array inside Lent<> of command {command.Id} (borrower) was changed before its result came home; leave it unchanged, or queue it without Lent<>."));
        Assert.That(command.Status, Is.EqualTo(CommandStatus.Failed));
    }

    [TestCase("uni", true)]
    [TestCase("thread", true)]
    [TestCase("thread", false)]
    public void An_array_that_was_left_alone_is_no_failure(string fabric, bool check)
    {
        using var processor = Open(fabric, check);
        var array = Enumerable.Repeat(0.5, Length).ToArray();
        var sums = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            processor.AddToQueue(new SumCommand(new Lent<double[]>(array)), sums.Add);
        }

        processor.RunQueue();
        Assert.That(sums, Is.EqualTo(Enumerable.Repeat(Length / 2.0, 5)));
    }

    [Test]
    public void Without_the_check_a_change_is_not_noticed()
    {
        using var processor = Open("thread", check: false);
        var array = new double[Length];
        processor.AddToQueue(new SumCommand(new Lent<double[]>(array)));
        array[0] = 1;
        Assert.That(() => processor.RunQueue(), Throws.Nothing);
    }

    private static Processor Open(string fabric, bool check) =>
        Processor.Load(fabric, new ProcessorOptions { Slaves = 1, ShowOutput = false, Settings = new Dictionary<string, string> { ["wire.check-lent"] = check ? "true" : "false" } });

    private sealed class SumCommand(Lent<double[]> values) : SlaveCommand<double>
    {
        public override double Run(ISlaveContext slave) => values.Value.Sum();
    }
}
