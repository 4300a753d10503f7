using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Tests.ProcessFabric;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>The rows of the fault matrix that end a process, each once, all in one run among commands that do no harm. Says how each was lost and what it had printed.</summary>
internal static class DeathsScenario
{
    internal static int Run(Processor processor)
    {
        var values = new List<int>();
        foreach (var death in Enum.GetValues<Death>())
        {
            processor.AddToQueue(new DyingCommand(death), options: new CommandOptions { MaxAttempts = 1, Label = $"{death}" });
        }

        for (var i = 0; i < 50; i++)
        {
            processor.AddToQueue(new NapCommand(i, 2), values.Add);
        }

        try
        {
            processor.RunQueue();
        }
        catch (AggregateException e)
        {
            foreach (var lost in e.InnerExceptions.Cast<SlaveLostException>())
            {
                Console.WriteLine($"{lost.Command.Label}: {lost.Attempts.Single().Reason} [{lost.Command.Output.Out}] [{lost.Command.Output.Error.Split('\n')[0]}]");
            }
        }

        Console.WriteLine($"{values.Distinct().Count()} of {values.Count} others, {processor.Statistics.SlavesLost} lost, then {processor.Execute(new NapCommand(7, 0))}");
        return 0;
    }
}
