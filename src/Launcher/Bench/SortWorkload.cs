using System;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.Launcher.Bench;

/// <summary>W5: 50,000,000 numbers sorted by sampling: dealt out by value on the master, each part sorted by a slave.</summary>
internal sealed class SortWorkload : Workload
{
    private const int SamplesPerPart = 1000;

    /// <inheritdoc/>
    internal override string Name => "W5";

    /// <inheritdoc/>
    internal override bool WarmsUp => false;

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var count = stage.TasksOr(50_000_000);
        var random = new Random(42);
        var input = GC.AllocateUninitializedArray<double>(count);
        for (var i = 0; i < count; i++)
        {
            input[i] = random.NextDouble();
        }

        var sorted = GC.AllocateUninitializedArray<double>(count);
        processor.ExecuteOnEverySlave(new NoOp(0));
        var measured = stage.Time(count, 8, () => Sort(processor, input, sorted, stage.Slaves));
        var again = new Random(42);
        var (given, came) = (0UL, 0UL); // Sums of the bits: those of the same numbers in any order are equal.
        for (var i = 0; i < count; i++)
        {
            if (i > 0 && !(sorted[i - 1] <= sorted[i]))
            {
                throw new WrongResultException($"elements {i - 1} and {i} are in the wrong order");
            }

            if (input[i] != again.NextDouble())
            {
                throw new WrongResultException($"element {i} of the input was changed");
            }

            given += BitConverter.DoubleToUInt64Bits(input[i]);
            came += BitConverter.DoubleToUInt64Bits(sorted[i]);
        }

        Stage.Check(given == came, "what is sorted is not what was given");

        return measured with { Mebibytes = count * 8.0 / (1 << 20), More = [("note", "sample sort: dealt out on the master, parts sorted by slaves")] };
    }

    private static void Sort(Processor processor, double[] input, double[] sorted, int parts)
    {
        var limits = Limits(input, parts);
        var dealt = Deal(input, limits);
        var starts = new int[parts];
        for (var part = 1; part < parts; part++)
        {
            starts[part] = starts[part - 1] + dealt[part - 1].Length;
        }

        processor.RunQueue(dealt.Select(part => new SortPart(new Lent<double[]>(part))), (place, part) => part.Value.CopyTo(sorted, starts[place]));
    }

    private static double[] Limits(double[] input, int parts)
    {
        var step = Math.Max(1, input.Length / (SamplesPerPart * parts));
        var sample = Enumerable.Range(0, input.Length / step).Select(i => input[i * step]).Order().ToArray();
        return [.. Enumerable.Range(1, parts - 1).Select(part => sample[sample.Length * part / parts])];
    }

    /// <summary>The elements of each part, in no order. Counted and dealt out by as many threads as there are cores, each its own stretch of the input.</summary>
    private static double[][] Deal(double[] input, double[] limits)
    {
        var stretches = Environment.ProcessorCount;
        var next = new int[stretches][];
        Parallel.For(0, stretches, stretch =>
        {
            var counts = new int[limits.Length + 1];
            foreach (var value in Stretch(input, stretch, stretches))
            {
                counts[PartOf(value, limits)]++;
            }

            next[stretch] = counts;
        });
        var parts = new double[limits.Length + 1][];
        for (var part = 0; part < parts.Length; part++)
        {
            var start = 0;
            for (var stretch = 0; stretch < stretches; stretch++)
            {
                (next[stretch][part], start) = (start, start + next[stretch][part]);
            }

            parts[part] = GC.AllocateUninitializedArray<double>(start);
        }

        Parallel.For(0, stretches, stretch =>
        {
            var places = next[stretch];
            foreach (var value in Stretch(input, stretch, stretches))
            {
                var part = PartOf(value, limits);
                parts[part][places[part]++] = value;
            }
        });
        return parts;
    }

    private static Span<double> Stretch(double[] input, int stretch, int stretches)
    {
        var begin = (int)((long)input.Length * stretch / stretches);
        return input.AsSpan(begin, (int)((long)input.Length * (stretch + 1) / stretches) - begin);
    }

    private static int PartOf(double value, double[] limits)
    {
        var part = 0;
        foreach (var limit in limits)
        {
            part += value >= limit ? 1 : 0;
        }

        return part;
    }
}
