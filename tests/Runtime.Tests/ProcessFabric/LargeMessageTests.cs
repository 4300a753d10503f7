using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>No message is too large while there is memory. <c>scripts/large-messages.sh</c> sends 5 GiB each way.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class LargeMessageTests
{
    private const long SpareBytes = 1L << 30;
    private static readonly int Mebibytes = int.Parse(Environment.GetEnvironmentVariable("HPCRUNTIME_LARGE_MIB") ?? "200", CultureInfo.InvariantCulture);

    [TearDown]
    public void GiveBack() => GC.Collect(2, GCCollectionMode.Aggressive, true, true);

    [TestCase("shm")]
    [TestCase("socket")]
    public void A_large_argument_arrives_whole(string transport)
    {
        AssertMemory();
        using var processor = Open(transport);
        var array = LargeCommand.Make(Mebibytes);
        var clock = Stopwatch.StartNew();
        Assert.That(processor.Execute(new LargeCommand(new Lent<double[]>(array))), Is.EqualTo(array.LongLength));
        Tell(transport, "there", clock);
    }

    [TestCase("shm")]
    [TestCase("socket")]
    public void A_large_value_comes_home_whole(string transport)
    {
        AssertMemory();
        using var processor = Open(transport);
        var clock = Stopwatch.StartNew();
        var array = processor.Execute(new LargeValueCommand(Mebibytes)).Value;
        Tell(transport, "home", clock);
        Assert.That(LargeCommand.CountRight(array), Is.EqualTo(((long)Mebibytes << 20) / sizeof(double)));
    }

    /// <summary>The old value goes before the new one is read, where no command may still ask for it.</summary>
    [TestCase("shm")]
    [TestCase("socket")]
    public void A_large_value_that_is_replaced_takes_no_more_memory_on_a_slave(string transport)
    {
        AssertMemory();
        using var processor = Open(transport);
        long Peak()
        {
            processor.SendData("table", LargeCommand.Make(Mebibytes));
            return processor.Execute(new PeakMemoryCommand());
        }

        var first = Peak();

        Assert.That(first, Is.GreaterThan((long)Mebibytes << 20));
        Assert.That(Enumerable.Range(0, 3).Max(_ => Peak()), Is.LessThan(first + ((long)Mebibytes << 19)));
    }

    /// <summary>As the kernel tells it of the memory in which a command has made an array of its own.</summary>
    [TestCase("shm")]
    [TestCase("socket")]
    public void Once_a_large_array_has_travelled_the_heap_has_huge_pages(string transport)
    {
        using var processor = Open(transport);
        Assert.That(processor.Execute(new HugePagesCommand()), Is.False);

        processor.Execute(new LargeCommand(new Lent<double[]>(LargeCommand.Make(8))));

        Assert.That(processor.Execute(new HugePagesCommand()), Is.True);
    }

    private static void AssertMemory()
    {
        // The array, the message, and the array at the other end.
        var needed = (3 * ((long)Mebibytes << 20)) + SpareBytes;
        var line = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var available = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        Assert.That(available, Is.GreaterThan(needed), $"This machine has too little memory for a message of {Mebibytes} MiB: {needed >> 20} MiB are needed, {available >> 20} MiB are free.");
    }

    private static void Tell(string transport, string way, Stopwatch clock) =>
        TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Mebibytes} MiB {way} over {transport} in {clock.Elapsed.TotalSeconds:F1} s"));

    private static Processor Open(string transport) =>
        Processor.Load("process", new ProcessorOptions { Slaves = 1, MaxAttempts = 1, Settings = new Dictionary<string, string> { ["process.transport"] = transport } });
}

/// <summary>How many elements of an array are what they were made to be.</summary>
public sealed class LargeCommand(Lent<double[]> array) : SlaveCommand<long>
{
    public override long Run(ISlaveContext slave) => CountRight(array.Value);

    internal static double[] Make(int mebibytes)
    {
        var array = GC.AllocateUninitializedArray<double>(checked((int)(((long)mebibytes << 20) / sizeof(double))));
        for (var i = 0; i < array.Length; i++)
        {
            array[i] = i;
        }

        return array;
    }

    internal static long CountRight(double[] array)
    {
        long right = 0;
        for (var i = 0; i < array.Length; i++)
        {
            right += array[i] == i ? 1 : 0;
        }

        return right;
    }
}

/// <summary>Such an array, made on the slave.</summary>
public sealed class LargeValueCommand(int mebibytes) : SlaveCommand<Lent<double[]>>
{
    public override Lent<double[]> Run(ISlaveContext slave) => new(LargeCommand.Make(mebibytes));
}

/// <summary>Whether the memory of an array that it makes is marked for huge pages: hg among the flags in proc(5)'s smaps.</summary>
public sealed class HugePagesCommand : SlaveCommand<bool>
{
    public override bool Run(ISlaveContext slave)
    {
        var array = GC.AllocateUninitializedArray<byte>(32 << 20, pinned: true);
        var address = (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(array, array.Length / 2);
        var inside = false;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Split(' ')[0].Split('-') is [var start, var end])
            {
                inside = address >= ulong.Parse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture) && address < ulong.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
            else if (inside && line.StartsWith("VmFlags:", StringComparison.Ordinal))
            {
                return line.Split(' ').Contains("hg");
            }
        }

        throw new InvalidOperationException("The array is nowhere.");
    }
}
