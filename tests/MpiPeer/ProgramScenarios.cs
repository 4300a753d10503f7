using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Tests.ProcessFabric;
using HpcRuntime.Wire;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>Applications on whatever fabric their options say.</summary>
internal static class ProgramScenarios
{
    internal static int Run(Processor processor, string[] args) => args[0] switch
    {
        "code" => int.Parse(args[1], CultureInfo.InvariantCulture),
        "throw" => throw new InvalidOperationException("the application failed"),
        "numbers" => Numbers(processor, int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture)),
        "arrays" => Arrays(processor, int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture)),
        "exit" => Exit(processor),
        "writers" => Writers(processor, int.Parse(args[1], CultureInfo.InvariantCulture)),
        "wait" => Wait(processor),
        "stuck" => Stuck(processor),
        "mpinet" => MpiNetScenario.Run(processor),
        "handlers" => Handlers(processor),
        "killed" => Killed(processor),
        "deaths" => DeathsScenario.Run(processor),
        "dies" => Dies(processor, Enum.Parse<Death>(args[1])),
        _ => throw new ArgumentException($"no scenario {args[0]}"),
    };

    /// <summary>Counts how often each result is applied, while ranks 1 to <paramref name="victims"/> kill themselves at their first command.</summary>
    private static int Numbers(Processor processor, int count, int victims)
    {
        var applied = new int[count];
        processor.ExecuteOnEverySlave(new ProcessCommand()); // All are up, so that all get work.
        for (var i = 0; i < count; i++)
        {
            processor.AddToQueue(new NumberCommand(i, i % 1000 == 0 ? (i / 1000 % victims) + 1 : 0), value => applied[value]++);
        }

        processor.RunQueue();
        var others = applied.Count(times => times != 1);
        while (processor.Statistics.SlavesLost < victims)
        {
            // One of them has begun none of its own commands.
            var more = new int[1000];
            for (var i = 0; i < more.Length; i++)
            {
                processor.AddToQueue(new NumberCommand(i, (i % victims) + 1), value => more[value]++);
            }

            processor.RunQueue();
            others += more.Count(times => times != 1);
        }

        Console.WriteLine($"{applied.Count(times => times == 1)} applied once, {others} otherwise, {processor.Statistics.SlavesLost} slaves lost, {processor.SlaveCount} left");
        return 0;
    }

    private static int Arrays(Processor processor, int there, int back)
    {
        var answer = processor.Execute(new ArrayCommand(there > 0 ? new Lent<long[]>(Pattern.Make(there)) : null, back));
        Console.WriteLine($"{there} there, {answer.Value.Length} back: {(Pattern.Holds(answer.Value) ? "right" : "WRONG")}");
        return 0;
    }

    /// <summary>Commands that print through managed code, native code and child programs, each compared with what it must have printed.</summary>
    private static int Writers(Processor processor, int count)
    {
        var commands = Enumerable.Range(0, count).Select(i => processor.AddToQueue(new MixedWriterCommand(i))).ToArray();
        processor.RunQueue();
        var whole = commands.Where((command, i) => command.Output.Out == string.Concat(Enumerable.Range(0, 10).Select(line => $"{i}.{line}\n"))).Count();
        Console.WriteLine($"{whole} of {count} whole");
        return 0;
    }

    private static int Exit(Processor processor)
    {
        processor.Execute(new ExitCommand(5));
        return 0;
    }

    /// <summary>Every rank says when its process ends, by a handler that is younger than the fabric's own.</summary>
    private static int Handlers(Processor processor)
    {
        processor.ExecuteOnEverySlave(new HandlerCommand());
        HandlerCommand.Register(0);
        return 6;
    }

    /// <summary>One command that ends its slave.</summary>
    private static int Dies(Processor processor, Death death)
    {
        processor.Execute(new DyingCommand(death));
        return 0;
    }

    /// <summary>Says who is there, then waits.</summary>
    private static int Wait(Processor processor)
    {
        var processes = processor.ExecuteOnEverySlave(new ProcessCommand());
        Console.WriteLine($"processes {Environment.ProcessId} {string.Join(' ', processes.OrderBy(pair => pair.Key).Select(pair => pair.Value))}");
        processor.ExecuteOnEverySlave(new WaitCommand(60_000));
        return 0;
    }

    /// <summary>A command that waits to be killed.</summary>
    private static int Killed(Processor processor)
    {
        Console.WriteLine($"attempt {processor.Execute(new UntilKilledCommand())} on {processor.SlaveCount} slaves");
        return 0;
    }

    /// <summary>One command that computes for ever and heeds nothing, among others.</summary>
    private static int Stuck(Processor processor)
    {
        var values = new List<int>();
        var stuck = processor.AddToQueue(new EndlessCommand(), options: new CommandOptions { Timeout = TimeSpan.FromMilliseconds(300) });
        for (var i = 0; i < 20; i++)
        {
            processor.AddToQueue(new NumberCommand(i, 0), values.Add);
        }

        try
        {
            processor.RunQueue();
        }
        catch (AggregateException e)
        {
            Console.WriteLine($"{e.InnerExceptions.Single().GetType().Name}, {stuck.Status}, {values.Count} others");
        }

        Console.WriteLine($"{processor.Execute(new NumberCommand(7, 0))} on {processor.SlaveCount} slaves");
        return 0;
    }
}
