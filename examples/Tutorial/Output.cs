using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Tutorial;

/// <summary>What commands print is shown as it comes, and kept with the command.</summary>
internal static class Output
{
    internal static int Run(Processor processor)
    {
        var commands = Enumerable.Range(1, 3).Select(sample => processor.AddToQueue(new Weigh(sample))).ToArray();
        processor.RunQueue();
        foreach (var command in commands)
        {
            Console.WriteLine($"command {command.Id} printed {command.Output.Out.Length} characters");
        }

        return 0;
    }
}

internal sealed class Weigh(int sample) : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        Console.WriteLine($"weighing sample {sample}");     // goes home with the command
        slave.Log.Debug("balance {Balance} is warm", 4);    // diagnostics: to the master's log, apart from output
    }
}
