using System;
using System.IO;
using System.Reflection;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Runs one program from its arguments to its exit code. Everything that touches the process comes in here, so that a test can hold it.</summary>
/// <param name="Output">Standard output, for help and the dry run.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Environment">Gives a variable's value.</param>
/// <param name="ProcessorCount">Cores by affinity and cgroup.</param>
internal sealed record ProgramHost(TextWriter Output, LiveLine Error, Func<string, string?> Environment, int ProcessorCount)
{
    /// <summary>The host of this process. Its standard error is the real one, also while Console.Error is routed to commands.</summary>
    internal static ProgramHost ForConsole()
    {
        var launcher = MpiLauncherEnvironment.Detect(System.Environment.GetEnvironmentVariable);
        if (launcher is not null && !Console.IsOutputRedirected)
        {
            // A plain mpiexec of Open MPI gives ranks a terminal at which nobody sits, and .NET would write control sequences into the output when it first uses the console.
            System.Environment.SetEnvironmentVariable("TERM", "dumb");
        }

        // What every rank finds in the same way, rank 0 says for all.
        var speaks = launcher is not { Rank: > 0 };
        var error = speaks ? StandardError.Open() : TextWriter.Null;
        return new ProgramHost(speaks ? Console.Out : TextWriter.Null, new LiveLine(error), System.Environment.GetEnvironmentVariable, System.Environment.ProcessorCount);
    }

    /// <summary>Runs a program of the user's own.</summary>
    internal int Run(string[] args, Func<Processor, string[], int> main) => Guard(() =>
    {
        var arguments = ArgumentParser.Parse(args);
        var name = Assembly.GetEntryAssembly()?.GetName().Name ?? "program";
        if (arguments.Options.Help)
        {
            Output.WriteLine($"Usage: {name} [options] [ARGUMENTS] [-- APPLICATION-ARGUMENTS]" + System.Environment.NewLine);
            Output.WriteLine(CommonHelp.Describe(CatalogueForHelp(arguments)));
            return ExitCodes.Success;
        }

        if (arguments.Options.Version)
        {
            Output.WriteLine($"{name} {Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3)} on HpcRuntime {VersionText}");
            return ExitCodes.Success;
        }

        return Run(Settings(arguments), name, [.. arguments.Plain, .. arguments.Rest], main);
    });

    /// <summary>The version of the library.</summary>
    internal static string VersionText { get; } = typeof(Processor).Assembly.GetName().Version!.ToString(3);

    /// <summary>Checks and merges options and environment.</summary>
    internal HostSettings Settings(Arguments arguments) => HostSettings.From(arguments.Options, Environment, ProcessorCount);

    /// <summary>The fabrics that help describes. Help is for whoever has just got an option or a variable wrong, so nothing but the backend path is read.</summary>
    internal FabricCatalogue CatalogueForHelp(Arguments arguments)
        => new(new OptionReader(arguments.Options, Environment).Read("backend-path", HostSettings.SplitPath, []));

    /// <summary>The fabrics that these settings can reach.</summary>
    internal static FabricCatalogue Catalogue(HostSettings settings) => new(settings.Options.BackendPath);

    /// <summary>Runs an application with settings that are checked.</summary>
    internal int Run(HostSettings settings, string name, string[] args, Func<Processor, string[], int> main)
    {
        var launcher = MpiLauncherEnvironment.Detect(Environment);
        if (launcher is { Rank: > 0 } && !settings.DryRun)
        {
            return SlaveHost.Serve(settings, launcher, Catalogue(settings));
        }

        using var log = new HostLog(Error, settings.Verbosity, settings.LogFile);
        FabricChoice choice;
        ProcessorOptions options;
        try
        {
            choice = FabricChoice.Choose(MpiRestart.Asked(settings), launcher, Catalogue(settings));
            options = FabricOptions.Complete(settings, choice, log);
            if (MpiRestart.IsNeeded(settings, launcher))
            {
                using var unused = choice.Fabric; // It checked the options; the ranks have their own.
                var restart = new MpiRestart(this, settings);
                if (!settings.DryRun)
                {
                    return restart.Run(log);
                }

                Output.WriteLine(DryRun.Describe(name, args, choice, options, settings, restart.Describe()));
                return ExitCodes.Success;
            }

            if (options.Debug && launcher is null)
            {
                (choice, options) = (choice.InLine(Catalogue(settings)), options with { Slaves = 1 });
            }
        }
        catch (Exception e)
        {
            log.Report(ErrorReport.Describe(e));
            return ExitCodes.For(e);
        }

        if (settings.DryRun)
        {
            using var fabric = choice.Fabric;
            Output.WriteLine(DryRun.Describe(name, args, choice, options, settings, launch: null));
            return ExitCodes.Success;
        }

        log.Hosting.Write(settings.Processor?.Value == "auto" ? Serilog.Events.LogEventLevel.Information : Serilog.Events.LogEventLevel.Debug,
            "Running {Application:l} on fabric {Fabric:l} ({Reason:l})", name, choice.Fabric.Name, choice.Reason);
        return new MasterRun(this, settings, log, Exit).Run(choice.Fabric, options, processor => main(processor, args));
    }

    /// <summary>Turns what the user can mend into one line and its exit code; for everything before a log exists.</summary>
    internal int Guard(Func<int> action)
    {
        int code;
        try
        {
            code = action();
        }
        catch (Exception e) when (e is UsageException or UnknownFabricException)
        {
            Error.WriteLine(ErrorReport.Describe(e));
            code = MpiLauncherEnvironment.Detect(Environment) is { Rank: > 0 } launcher ? SlaveHost.Leave(launcher, e) : ExitCodes.Usage;
        }

        if (code is ExitCodes.Usage or ExitCodes.FabricUnavailable)
        {
            MpiFabric.AbortUnlessBegun(Environment, code);
        }

        return code;
    }

    private static void Exit(int code) => System.Environment.Exit(code);
}
