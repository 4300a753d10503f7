using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.CrashDemo;

/// <summary>Ordinary commands and, in their midst, one that crashes: what becomes of each, and what is told of it.</summary>
[Application("crash-demo", "Shows what becomes of a command that crashes its slave, and of the others.")]
public sealed class CrashDemoApplication : Application
{
    private const int Ordinary = 6;
    private static readonly TimeSpan TimeoutOfLoop = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        ArgumentNullException.ThrowIfNull(processor);
        if (Parse(args) is not { } kind)
        {
            return ExitCodes.Success;
        }

        if (!kind.SparesProcess && processor.ExecuteOnEverySlave(new ProcessIdCommand()).Values.Contains(Environment.ProcessId))
        {
            throw new UsageException($"crash-demo: --kind {kind.Name} ends the process that runs it, and here that is the master's; try --processor process.");
        }

        var squares = new List<int>();
        var commands = new List<ICommandInfo>();
        for (var number = 1; number <= Ordinary; number++)
        {
            if (number == (Ordinary / 2) + 1)
            {
                commands.Add(processor.AddToQueue(new CrashCommand(kind.Name), options: OptionsFor(kind, processor.Options)));
            }

            commands.Add(processor.AddToQueue(new SquareCommand(number), squares.Add, new CommandOptions { Label = string.Create(CultureInfo.InvariantCulture, $"square {number}") }));
        }

        try
        {
            processor.RunQueue();
            return ExitCodes.Success;
        }
        finally
        {
            // What went wrong goes on to whoever called: hpcrun tells it and chooses the exit code.
            Tell(commands, squares);
        }
    }

    private static CommandOptions OptionsFor(CrashKind kind, ProcessorOptions options) =>
        new() { Label = "crash " + kind.Name, Timeout = kind.Name == "loop" ? options.Timeout ?? TimeoutOfLoop : null };

    private static void Tell(IEnumerable<ICommandInfo> commands, List<int> squares)
    {
        foreach (var command in commands)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"command {command.Id} ({command.Label}): {Word(command.Status)}, attempts: {command.Attempts}, printed: {command.Output.OutLength} + {command.Output.ErrorLength} bytes"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"squares that came home: {string.Join(' ', squares.Order())}"));
    }

    private static string Word(CommandStatus status) => status == CommandStatus.TimedOut ? "timed out" : status.ToString().ToLowerInvariant();

    private static CrashKind? Parse(string[] args)
    {
        switch (args)
        {
            case ["--help"] or ["-h"]:
                Console.WriteLine("crash-demo --kind KIND: six ordinary commands and one that goes wrong. It");
                foreach (var kind in CrashKind.All)
                {
                    Console.WriteLine($"  {kind.Name,-10} {kind.Summary}");
                }

                return null;
            case ["--kind", var name]:
                return CrashKind.Named(name);
            default:
                throw new UsageException($"crash-demo: expected --kind KIND, one of {string.Join(", ", CrashKind.All.Select(kind => kind.Name))}. Try 'crash-demo --help'.");
        }
    }
}
