using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.Launcher.Bench;

/// <summary>W3a: byte strings of 1 MiB there and back.</summary>
internal sealed class BytesWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W3a";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var count = stage.TasksOr(200);
        var payload = stage.PayloadOr(1 << 20);
        if (payload > Array.MaxLength)
        {
            throw new UsageException($"--payload {payload}: W3a sends byte strings, of {Array.MaxLength} bytes at most; W3b sends larger arrays.");
        }

        var size = (int)payload;
        var inputs = Enumerable.Range(0, count).Select(i =>
        {
            var bytes = GC.AllocateUninitializedArray<byte>(size);
            Array.Fill(bytes, (byte)i);
            return bytes;
        }).ToArray();
        var outputs = new byte[count][];
        var measured = stage.Time(count, size, () => processor.RunQueue(inputs.Select(bytes => new EchoBytes(new Lent<byte[]>(bytes))), (place, value) => outputs[place] = value.Value));
        for (var i = 0; i < count; i++)
        {
            var right = outputs[i].Count((byte)i);
            Stage.Check(outputs[i].Length == size && right == size, right == size ? string.Empty : $"byte string {i} of {size} bytes came back with {outputs[i].Length}, of which {right} are right, the first wrong one at {outputs[i].AsSpan().IndexOfAnyExcept((byte)i)}");
        }

        return measured with { Mebibytes = 2.0 * count * size / (1 << 20), More = ArraysWorkload.WayOf(processor) };
    }
}

/// <summary>W3b: arrays of 64 MiB there, new ones back.</summary>
internal sealed class ArraysWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W3b";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var count = stage.TasksOr(8);
        var size = SizeFor(Name, stage.PayloadOr(64 << 20));
        var input = Numbers(size);
        var outputs = new double[count][];
        var measured = stage.Time(count, size, () => processor.RunQueue(Enumerable.Range(0, count).Select(_ => new AddOne(new Lent<double[]>(input))), (place, value) => outputs[place] = value.Value));
        Stage.Check(outputs.All(output => output.Length == input.Length && output[0] == 1 && output[^1] == input[^1] + 1), "an array came back wrong");
        return measured with { Mebibytes = 2.0 * count * size / (1 << 20), More = WayOf(processor) };
    }

    /// <summary>Whether the payload stays where it is: what is inside <c>Lent</c> is not copied within a process.</summary>
    internal static IReadOnlyList<(string Name, object Value)> WayOf(Processor processor) => processor.FabricName is "uni" or "thread" ? [("by_reference", true)] : [];

    /// <summary>A size that an array of numbers can have.</summary>
    internal static long SizeFor(string workload, long bytes) => bytes >= sizeof(double) && bytes <= (long)sizeof(double) * Array.MaxLength
        ? bytes
        : throw new UsageException($"--payload {bytes}: {workload} sends an array of numbers, of {sizeof(double)} to {(long)sizeof(double) * Array.MaxLength} bytes.");

    /// <summary>0, 1, 2, … in so many bytes.</summary>
    internal static double[] Numbers(long bytes)
    {
        var numbers = GC.AllocateUninitializedArray<double>((int)(bytes / sizeof(double)));
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i;
        }

        return numbers;
    }
}

/// <summary>W3c: an array of 256 MiB in front of every slave.</summary>
internal sealed class DataWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W3c";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var size = ArraysWorkload.SizeFor(Name, stage.PayloadOr(256 << 20));
        var array = ArraysWorkload.Numbers(size);
        double[] sums = [];
        var measured = stage.Time(stage.Slaves, size, () =>
        {
            processor.SendData("bench", array);
            sums = [.. processor.ExecuteOnEverySlave(new Checksum()).Values];
        });
        Stage.Check(sums.Length == stage.Slaves && sums.All(sum => sum == Checksum.Of(array)), "a slave read other data than was sent");
        return measured with { Mebibytes = (double)stage.Slaves * size / (1 << 20), More = [("emulated", false)] };
    }
}
