using System.Collections.Generic;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary><c>hpcrun exec</c>, from its arguments to its exit code.</summary>
internal static class ExecVerb
{
    /// <summary>Runs it.</summary>
    /// <param name="host">The process.</param>
    /// <param name="args">What stands beside the verb.</param>
    /// <exception cref="UsageException">A bad option.</exception>
    internal static int Run(ProgramHost host, IReadOnlyList<string> args)
    {
        var arguments = ExecArguments.Parse(args);
        var common = ArgumentParser.Parse(ExecPlan.CommonOptions(arguments, host.Environment, host.ProcessorCount));
        if (common.Options.Help)
        {
            host.Output.WriteLine(ExecHelp.Describe());
            return ExitCodes.Success;
        }

        if (common.Options.Version)
        {
            host.Output.WriteLine("hpcrun " + ProgramHost.VersionText);
            return ExitCodes.Success;
        }

        var settings = host.Settings(common);
        var plan = ExecPlan.From(arguments, settings, host.Environment);
        if (settings.DryRun)
        {
            foreach (var job in plan.Jobs)
            {
                host.Output.WriteLine(job.CommandLine.Replace(plan.Template.SlotMark, "{%}", System.StringComparison.Ordinal));
            }

            return ExitCodes.Success;
        }

        // The time of a job is kept where its program runs, so that what it printed until then comes home.
        var quiet = settings.Verbosity == Verbosity.Quiet;
        return host.Run(settings with { ReadsInput = true, Options = settings.Options with { Timeout = null } }, "exec", [], (processor, _) =>
        {
            using var run = new ExecRun(processor, plan, quiet ? static _ => { } : host.Error.WriteLine, settings.Verbosity > Verbosity.Normal);
            return run.Run();
        });
    }
}
