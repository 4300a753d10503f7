using System;
using System.Globalization;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Applications;

/// <summary>Its one command prints on standard error and throws.</summary>
public sealed class ThrowingApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        processor.AddToQueue(new ThrowingCommand());
        processor.RunQueue();
        return 0;
    }
}

public sealed class ThrowingCommand : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        Console.Error.WriteLine("weighing the spoiled sample");
        throw new InvalidOperationException("the sample is spoiled");
    }
}

/// <summary>Every one of its commands throws; run it with --error-policy continue.</summary>
public sealed class ManyThrowingApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        for (var i = 0; i < 15; i++)
        {
            processor.AddToQueue(new ThrowingCommand());
        }

        processor.RunQueue();
        return 0;
    }
}

/// <summary>The application itself throws, on the master.</summary>
public sealed class BrokenApplication : Application
{
    public override int Run(Processor processor, string[] args) => throw new ArithmeticException("the master miscounted");
}

/// <summary>Ends the process from the application's main.</summary>
public sealed class ExitingApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        Environment.Exit(7);
        return 0;
    }
}

/// <summary>Returns the number it is given.</summary>
public sealed class ReturningApplication : Application
{
    public override int Run(Processor processor, string[] args) => int.Parse(args[0], CultureInfo.InvariantCulture);
}

/// <summary>Says that its arguments are bad.</summary>
public sealed class MisusedApplication : Application
{
    public override int Run(Processor processor, string[] args) => throw new UsageException("misused: give a file");
}

/// <summary>Says "started" and never ends, whatever is asked of it.</summary>
public sealed class DeafApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        Console.WriteLine("started");
        using var never = new ManualResetEventSlim();
        never.Wait();
        return 0;
    }
}
