using System;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Applications;

/// <summary>Every slave starts a program that goes on for ten minutes; then the application says "started" and ends in the way it is told: return, throw, exit, wait.</summary>
public sealed class LingeringApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        processor.ExecuteOnEverySlave(new LingeringCommand());
        Console.WriteLine("started");
        switch (args[0])
        {
            case "throw":
                throw new InvalidOperationException("as it was told");
            case "exit":
                Environment.Exit(7);
                break;
            case "wait":
                processor.AddToQueue(new PatientCommand());
                processor.AddToQueue(new PatientCommand());
                processor.RunQueue();
                break;
            default:
                break;
        }

        return 0;
    }
}

public sealed class LingeringCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        using var child = Process.Start("/bin/sleep", "600");
        return child.Id;
    }
}

/// <summary>Waits until it is cancelled.</summary>
public sealed class PatientCommand : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        slave.Cancellation.WaitHandle.WaitOne(Timeout.Infinite);
        slave.Cancellation.ThrowIfCancellationRequested();
    }
}
