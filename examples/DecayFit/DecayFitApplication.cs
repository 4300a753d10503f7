using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Fits measured curves in parallel: one command for each curve, one for each block of its Monte Carlo simulations.</summary>
[Application("decay-fit", "Fits decay, saturation or inversion curves of a CSV file, with Monte Carlo errors.")]
public sealed class DecayFitApplication : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        ArgumentNullException.ThrowIfNull(processor);
        if (DecayFitArguments.Parse(args, Console.Out) is not { } arguments)
        {
            return 0;
        }

        var curves = CurveFile.Read(arguments.File);
        var files = OutputFilesOf(arguments);
        var noise = Noise.Of(curves, arguments.Sigma);
        var plan = new FitPlan(arguments.Model, arguments.Simulations, processor.Options.Seed, arguments.Verbose);

        var job = new DecayFitJob(curves, noise, plan);
        job.Queue((command, memo) => processor.AddToQueue(command, memo));
        processor.RunQueue();

        return Report(job.Reports, arguments, noise, plan, files, Console.Out);
    }

    /// <summary>Prints the table, writes the files asked for, and gives the exit code: 1 when a curve could not be fitted.</summary>
    private static int Report(IReadOnlyList<CurveReport> reports, DecayFitArguments arguments, Noise noise, FitPlan plan, (OutputFile? Csv, OutputFile? Plot) files, TextWriter console)
    {
        console.Write(TableReport.Of(reports, Path.GetFileName(arguments.File), noise, plan));
        files.Csv?.Write(CsvReport.Of(reports));
        files.Plot?.Write(FitPlot.Of(reports, plan.Model));
        return reports.All(report => report.Fit.IsOk) ? 0 : 1;
    }

    private static (OutputFile? Csv, OutputFile? Plot) OutputFilesOf(DecayFitArguments arguments)
    {
        var paths = new[] { arguments.File, arguments.Output, arguments.Plot }.Where(path => path is not null).Select(path => Path.GetFullPath(path!)).ToArray();
        if (paths.Distinct().Count() < paths.Length)
        {
            throw new UsageException("decay-fit: FILE, --output and --plot must be different files: one would overwrite another.");
        }

        return (arguments.Output is { } csv ? OutputFile.At(csv, "--output") : null, arguments.Plot is { } plot ? OutputFile.At(plot, "--plot") : null);
    }
}
