using System;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>Work that begets work: a command parts its numbers in two, and each half becomes a command of its own.</summary>
[Application("quicksort", "Sorts random numbers: commands part them level by level, the last ones sort what is left.")]
public sealed class QuicksortApplication : Application
{
    private const int Shown = 30;

    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (!Arguments.TryParse<QuicksortOptions>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var blocks = Parts.Of(1, options.Numbers, Math.Min(options.Numbers, 64)).Select(part => part.Last - part.First + 1).ToArray();
        var largest = options.Largest;
        var numbers = processor.Map(blocks, (length, slave) => Draw(length, largest, slave.Random)).SelectMany(block => block).ToArray();

        var job = new QuicksortJob(numbers.Length);
        processor.AddToQueue(job.Part(numbers, 0, options.Levels, out var memo), memo);
        processor.RunQueue();                                                       // until no command is left, those included that are queued meanwhile

        Console.WriteLine($"{numbers.Length} numbers in {job.Leaves} leaves");
        Console.WriteLine($"the first: {string.Join(' ', job.Sorted.Take(Shown))}");
        Console.WriteLine($"the last: {string.Join(' ', job.Sorted.TakeLast(Shown))}");
        return IsSorted(job.Sorted) && Sum(job.Sorted) == Sum(numbers) ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static int[] Draw(int length, int largest, Random random)
    {
        var numbers = new int[length];
        for (var i = 0; i < length; i++)
        {
            numbers[i] = random.Next(largest + 1);
        }

        return numbers;
    }

    private static bool IsSorted(int[] numbers) => numbers.Zip(numbers.Skip(1)).All(pair => pair.First <= pair.Second);

    private static long Sum(int[] numbers) => numbers.Sum(number => (long)number);
}
