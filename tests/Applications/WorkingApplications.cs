using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using MathNet.Numerics;

namespace HpcRuntime.Tests.Applications;

/// <summary>Prints its arguments, and a line from each of three commands, one of them worked out with a package of its own.</summary>
public sealed class PrintingApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        Console.WriteLine("arguments: " + string.Join('|', args));
        for (var i = 0; i < 3; i++)
        {
            processor.AddToQueue(new PrintingCommand(i + 3));
        }

        processor.RunQueue();
        return 0;
    }
}

public sealed class PrintingCommand(int number) : SlaveCommand
{
    public override void Run(ISlaveContext slave) => Console.WriteLine($"{number}! is {SpecialFunctions.Factorial(number)}");
}

/// <summary>Runs 2,000 commands of 20 ms, and says "started" when the first is home. With the argument "swallow" it makes nothing of being cancelled.</summary>
public sealed class SlowApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        var home = 0;
        try
        {
            processor.RunQueue(Enumerable.Range(0, 2000).Select(i => new SlowCommand(i)), (_, _) =>
            {
                if (home++ == 0)
                {
                    Console.WriteLine("started");
                }
            });
        }
        catch (OperationCanceledException) when (args is ["swallow"])
        {
            return 0;
        }

        return 0;
    }
}

public sealed class SlowCommand(int number) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        slave.Cancellation.WaitHandle.WaitOne(20);
        slave.Cancellation.ThrowIfCancellationRequested();
        return number;
    }
}
