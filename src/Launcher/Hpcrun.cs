using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher;

/// <summary>The command line of the tool: the verb, then what belongs to it.</summary>
/// <param name="Host">The process, for the console and the environment.</param>
/// <param name="Applications">The applications that come with the tool.</param>
internal sealed record Hpcrun(ProgramHost Host, ApplicationCatalogue Applications)
{
    private const string DefaultApplication = "hello";

    /// <summary>The tool in this process.</summary>
    internal static Hpcrun ForConsole() => new(ProgramHost.ForConsole(), ApplicationCatalogue.BesideTheTool());

    /// <summary>Runs a command line to its exit code.</summary>
    internal int Run(string[] args) => Host.Guard(() =>
    {
        var arguments = ArgumentParser.Parse(args);
        if (arguments.Options.Version)
        {
            Host.Output.WriteLine("hpcrun " + ProgramHost.VersionText);
            return ExitCodes.Success;
        }

        var settings = Host.Settings(arguments);
        if (arguments.Options.Help)
        {
            Host.Output.WriteLine(LauncherHelp.Describe(ProgramHost.Catalogue(settings)));
            return ExitCodes.Success;
        }

        var plain = arguments.Plain;
        var verb = plain.Count > 0 ? plain[0] : string.Empty;
        return verb switch
        {
            "list" => List([.. plain.Skip(1), .. arguments.Rest]),
            "info" => Info(settings, [.. plain.Skip(1), .. arguments.Rest]),
            "help" => Help(settings),
            "run" => RunApplication(settings, [.. plain.Skip(1)], arguments.Rest),
            _ => RunApplication(settings, plain, arguments.Rest),
        };
    });

    private int RunApplication(HostSettings settings, IReadOnlyList<string> plain, IReadOnlyList<string> rest)
    {
        var name = plain.Count > 0 ? plain[0] : DefaultApplication;
        var application = Applications.Create(name);
        return Host.Run(settings, name, [.. plain.Skip(1), .. rest], application.Run);
    }

    private int List(string[] more)
    {
        RefuseMore("list", more);
        var width = Applications.Entries.Max(entry => entry.Name.Length);
        foreach (var entry in Applications.Entries)
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

    private int Help(HostSettings settings)
    {
        Host.Output.WriteLine(LauncherHelp.Describe(ProgramHost.Catalogue(settings)));
        return ExitCodes.Success;
    }

    private static void RefuseMore(string verb, IEnumerable<string> more)
    {
        if (more.Any())
        {
            throw new UsageException($"hpcrun {verb}: '{more.First()}' is one argument too many.");
        }
    }
}
