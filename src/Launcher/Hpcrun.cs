using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Hosting;
using HpcRuntime.Launcher.Bench;
using HpcRuntime.Launcher.Doctor;
using HpcRuntime.Launcher.Exec;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher;

/// <summary>The command line of the tool: the verb, then what belongs to it.</summary>
/// <param name="Host">The process, for the console and the environment.</param>
/// <param name="Applications">The applications that come with the tool; looked for when one is named or all are listed.</param>
internal sealed record Hpcrun(ProgramHost Host, Lazy<ApplicationCatalogue> Applications)
{
    private const string DefaultApplication = "hello";

    /// <summary>The tool in this process.</summary>
    internal static Hpcrun ForConsole() => new(ProgramHost.ForConsole(), new Lazy<ApplicationCatalogue>(ApplicationCatalogue.BesideTheTool));

    /// <summary>Runs a command line to its exit code.</summary>
    internal int Run(string[] args) => Host.Guard(() =>
    {
        if (ExecArguments.Behind(args) is { } behind)
        {
            return ExecVerb.Run(Host, behind);
        }

        BenchArguments? bench = null;
        if (ExecArguments.PlaceOf("bench", args) is not null)
        {
            (bench, args) = BenchArguments.Parse(args);
        }

        var arguments = ArgumentParser.Parse(args);
        if (arguments.Options.Version)
        {
            Host.Output.WriteLine("hpcrun " + ProgramHost.VersionText);
            return ExitCodes.Success;
        }

        if (arguments.Options.Help || arguments.Plain is ["help"])
        {
            Host.Output.WriteLine(LauncherHelp.Describe(Host.CatalogueForHelp(arguments)));
            return ExitCodes.Success;
        }

        var settings = Host.Settings(arguments);
        var plain = arguments.Plain;
        var verb = plain.Count > 0 ? plain[0] : string.Empty;
        return verb switch
        {
            "list" => List([.. plain.Skip(1), .. arguments.Rest]),
            "hosts" => Hosts(settings, [.. plain.Skip(1), .. arguments.Rest]),
            "doctor" => Doctor(settings, [.. plain.Skip(1), .. arguments.Rest]),
            DoctorReport.RankVerb => RankProbe.Run(Host),
            "info" => Info(settings, [.. plain.Skip(1), .. arguments.Rest]),
            "bench" when bench is not null => Bench(settings, bench, [.. plain.Skip(1), .. arguments.Rest]),
            "run" => RunApplication(settings, [.. plain.Skip(1)], arguments.Rest),
            _ => RunApplication(settings, plain, arguments.Rest),
        };
    });

    private int RunApplication(HostSettings settings, IReadOnlyList<string> plain, IReadOnlyList<string> rest)
    {
        var name = plain.Count > 0 ? plain[0] : DefaultApplication;
        var application = ApplicationLoader.TryLoad(name, out var loaded) ? loaded : Applications.Value.Create(name);
        return Host.Run(settings, name, [.. plain.Skip(1), .. rest], application.Run);
    }

    private int List(string[] more)
    {
        RefuseMore("list", more);
        var width = Applications.Value.Entries.Max(entry => entry.Name.Length);
        foreach (var entry in Applications.Value.Entries)
        {
            Host.Output.WriteLine($"{entry.Name.PadRight(width)}  {entry.Summary}");
        }

        return ExitCodes.Success;
    }

    private int Info(HostSettings settings, string[] names)
    {
        RefuseMore("info", names.Skip(1));
        Host.Output.WriteLine(MachineReport.Describe(ProgramHost.Catalogue(settings), names.FirstOrDefault(), Host.Environment, Host.ProcessorCount));
        return ExitCodes.Success;
    }

    private int Hosts(HostSettings settings, string[] files)
    {
        RefuseMore("hosts", files.Skip(1));
        var file = files.FirstOrDefault() ?? settings.HostFile?.Value ?? throw new UsageException("hpcrun hosts: give a host file, such as mpi-hostfiles/local.hosts.");
        Host.Output.WriteLine(MpiRestart.Checked(() => HostsReport.Describe(HostFile.Read(file), settings.Slaves, Console.IsOutputRedirected)));
        return ExitCodes.Success;
    }

    private int Doctor(HostSettings settings, string[] more)
    {
        RefuseMore("doctor", more.Skip(1));
        return new DoctorReport(Host, settings, more.Length == 0 ? null : ApplicationBuild.Of(FileOf(more[0]))).Run();
    }

    /// <summary>The file of an application, which may be a program that runs without the tool.</summary>
    private string FileOf(string name)
    {
        var end = name.LastIndexOf(".dll:", StringComparison.OrdinalIgnoreCase);
        var file = end < 0 ? name : name[..(end + ".dll".Length)];
        return File.Exists(file) || file.Contains('/', StringComparison.Ordinal) || file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? file
            : Applications.Value.Create(name).GetType().Assembly.Location;
    }

    private int Bench(HostSettings settings, BenchArguments bench, string[] more)
    {
        RefuseMore("bench", more);
        BenchMark.Set();
        var options = settings.Options with { ShowOutput = false, Chunking = bench.Workload is not null && bench.Mode == "each" ? Chunking.Each : settings.Options.Chunking };
        return Host.Run(settings with { Options = options, Progress = ProgressMode.Off }, "bench", [], (processor, _) => new BenchApplication(bench, Host.Output).Run(processor));
    }

    private static void RefuseMore(string verb, IEnumerable<string> more)
    {
        if (more.Any())
        {
            throw new UsageException($"hpcrun {verb}: '{more.First()}' is one argument too many.");
        }
    }
}
