using System;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Tutorial;

/// <summary>What fails, fails on the master, with the whole story.</summary>
internal static class Errors
{
    internal static int Run(Processor processor)
    {
        var measured = 0;
        for (var sample = 1; sample <= 6; sample++)
        {
            processor.AddToQueue(new Measure(sample), _ => measured++, new CommandOptions { Label = $"sample {sample}" });
        }

        try
        {
            processor.RunQueue();
        }
        catch (SlaveCommandException first)                 // --error-policy fail-fast, the default: no more is handed out
        {
            Console.WriteLine($"stopped by {first.Command.Label}: {first.RemoteMessage}");
        }
        catch (AggregateException all)                      // --error-policy continue: the others are complete
        {
            Console.WriteLine($"{measured} measured, {all.InnerExceptions.Count} failed");
        }

        // A time limit is an outcome too, and an outcome can be had as a value.
        var limit = new CommandOptions { Timeout = TimeSpan.FromMilliseconds(50) };
        var outcome = processor.SubmitForOutcome(new WaitForEver(), limit).Result;
        Console.WriteLine($"waiting: {outcome.Command.Status}");
        return 0;
    }
}

internal sealed class Measure(int sample) : SlaveCommand<double>
{
    public override double Run(ISlaveContext slave) =>
        sample % 5 == 0 ? throw new InvalidOperationException("the sample is spoiled") : Math.Sqrt(sample);
}

/// <summary>Stops when it is asked to: a command that runs long looks at its token now and then.</summary>
internal sealed class WaitForEver : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        slave.Cancellation.WaitHandle.WaitOne();
        slave.Cancellation.ThrowIfCancellationRequested();
        return 0;
    }
}
