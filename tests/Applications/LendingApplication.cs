using System;
using System.Globalization;
using System.Threading;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Applications;

/// <summary>Keeps MPI to itself for so many seconds, as a long call of its own would: first every slave, then the master, which then has every slave answer.</summary>
public sealed class LendingApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        var seconds = double.Parse(args[0], CultureInfo.InvariantCulture);
        processor.ExecuteOnEverySlave(new KeepMpi(seconds));
        KeepMpi.For(seconds);
        Console.WriteLine($"{processor.ExecuteOnEverySlave(new RankCommand()).Count} slaves answer");
        return 0;
    }
}

public sealed class KeepMpi(double seconds) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => For(seconds);

    internal static int For(double seconds) => MpiFabric.Use(world =>
    {
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromSeconds(seconds));
        return world.Rank;
    });
}
