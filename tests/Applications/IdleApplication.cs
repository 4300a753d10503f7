using System;
using System.Globalization;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Applications;

/// <summary>Has every slave answer once, says "idle", does nothing for so many seconds, and has them answer again. With a second number each runs a command of so many seconds before.</summary>
public sealed class IdleApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        processor.ExecuteOnEverySlave(new RankCommand());
        Console.WriteLine("idle");
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromSeconds(double.Parse(args[0], CultureInfo.InvariantCulture)));
        if (args.Length > 1)
        {
            processor.ExecuteOnEverySlave(new LongCommand(TimeSpan.FromSeconds(double.Parse(args[1], CultureInfo.InvariantCulture))));
        }

        Console.WriteLine($"{processor.ExecuteOnEverySlave(new RankCommand()).Count} slaves answer");
        return 0;
    }
}

public sealed class LongCommand(TimeSpan time) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        slave.Cancellation.WaitHandle.WaitOne(time);
        return slave.Rank;
    }
}
