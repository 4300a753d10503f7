using System;
using System.Globalization;
using System.Threading.Tasks;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>Two processors at once on the same ranks, again and again: one opens while the other works, each takes over the other's look at what arrives, one closes while the other goes on.</summary>
internal static class PairsScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal static int Run(string[] args)
    {
        Processor.Load("mpi").Dispose(); // On every rank but 0 this does not return.
        var times = int.Parse(args[0], CultureInfo.InvariantCulture);
        for (var i = 0; i < times; i++)
        {
            var round = Task.Factory.StartNew(Round, TaskCreationOptions.LongRunning);
            if (!round.Wait(Patience))
            {
                Console.WriteLine($"round {i} hangs");
                return 1;
            }
        }

        Console.WriteLine($"{times} rounds");
        return 0;
    }

    private static void Round()
    {
        using var first = Processor.Load("mpi", slaves: 1);
        using var second = Processor.Load("mpi", slaves: 1);
        first.SendData("name", "first");
        second.SendData("name", "second");
        first.AddToQueue(new NumberCommand(1, 0));
        Expect("first", first.Execute(new DataCommand("name")));
        Expect("second", second.Execute(new DataCommand("name")));
        second.Dispose();
        first.RunQueue();
        Expect("2", first.Statistics.Done.ToString(CultureInfo.InvariantCulture));
    }

    private static void Expect(string expected, string actual)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"{actual} in place of {expected}");
        }
    }
}
