using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.CrashDemo;

/// <summary>Eight commands of which the fourth ruins its slave: what is reported, and what becomes of the others.</summary>
[Application("crash-demo", "Runs one command that ruins its slave among others that do not: --kind " + Kinds + ".")]
public sealed class CrashDemoApplication : Application
{
    private const string Kinds = "exit|kill|segv|overflow|stop|loop|oom|flood|half-line";

    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        ArgumentNullException.ThrowIfNull(processor);
        if (args is not ["--kind", var kind] || !Kinds.Split('|').Contains(kind, StringComparer.Ordinal))
        {
            throw new UsageException($"crash-demo: give --kind and one of {Kinds.Replace("|", ", ", StringComparison.Ordinal)}.");
        }

        if (processor.FabricName is "uni" or "thread")
        {
            throw new UsageException($"crash-demo: fabric {processor.FabricName} has its slaves in the master's process, which would die with them; give --processor process.");
        }

        var done = 0;
        for (var i = 0; i < 8; i++)
        {
            if (i == 3)
            {
                processor.AddToQueue(new CrashCommand(kind), options: new CommandOptions { Label = kind, Timeout = kind == "loop" ? TimeSpan.FromSeconds(1) : null });
            }
            else
            {
                processor.AddToQueue(new SquareCommand(i), _ => done++);
            }
        }

        try
        {
            processor.RunQueue();
        }
        finally
        {
            Console.WriteLine($"{done} of 7 other commands done, {processor.GetStatistics().SlavesLost} slaves lost");
        }

        return 0;
    }
}
