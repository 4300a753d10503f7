using System;
using System.Globalization;
using System.Linq;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher;

/// <summary>Every rank says where it runs: the first thing to try on a new machine.</summary>
[Application("hello", "Every rank says where it runs; the fabric describes itself.")]
internal sealed class HelloApplication : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (args.Length > 0)
        {
            throw new UsageException($"hello takes no arguments; '{args[0]}' is one too many.");
        }

        Console.WriteLine(processor.Describe());
        var reports = processor.ExecuteOnEverySlave(new HelloCommand());
        foreach (var (rank, report) in reports.OrderBy(pair => pair.Key).Prepend(new(0, HelloReport.OfThisThread())))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rank {rank}: host {report.Host}, pid {report.ProcessId}, thread {report.Thread}{(rank == 0 ? " (master)" : string.Empty)}"));
        }

        return ExitCodes.Success;
    }
}
