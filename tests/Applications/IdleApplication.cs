using System;
using System.Globalization;
using System.Threading;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Applications;

/// <summary>Has every slave answer once, says "idle", does nothing for so many seconds, and has them answer again.</summary>
public sealed class IdleApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        processor.ExecuteOnEverySlave(new RankCommand());
        Console.WriteLine("idle");
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromSeconds(double.Parse(args[0], CultureInfo.InvariantCulture)));
        Console.WriteLine($"{processor.ExecuteOnEverySlave(new RankCommand()).Count} slaves answer");
        return 0;
    }
}
