using System;
using System.Text;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using HpcRuntime.Launcher.Bench;

namespace HpcRuntime.Launcher;

/// <summary>What <c>hpcrun --help</c> prints.</summary>
internal static class LauncherHelp
{
    private const string Usage = """
        Runs an application on a fabric of slaves: in line, on threads, as processes, as MPI ranks, or on whatever else a fabric brings.

        Usage:
          hpcrun [run] [APP] [options] [-- APPLICATION-ARGUMENTS]   run an application; without one, hello
          hpcrun exec [options] COMMAND [::: VALUES]                a command line for each value (hpcrun exec --help)
          hpcrun list                                               the applications that come with the tool
          hpcrun info [NAME]                                        fabrics and their options; cores, memory, MPI libraries
          hpcrun hosts FILE [-n N]                                  which rank would run where
          hpcrun doctor [APP] [--hostfile FILE] [--mpi MPI]         what a run on MPI would lack, on which host, and the fix
          hpcrun bench [--workload NAME] [--mode each|default]      what a command costs on this machine, and the benchmark contract
          hpcrun --help | --version

        APP is a name that `hpcrun list` shows, path/to/My.dll with one public class deriving from
        HpcRuntime.Hosting.Application, or path/to/My.dll:My.Namespace.MyApplication.
        Plain arguments after APP and everything after -- are the application's.


        """;

    /// <summary>The text.</summary>
    internal static string Describe(FabricCatalogue catalogue) => Usage.Replace("\n", Environment.NewLine, StringComparison.Ordinal) + CommonHelp.Describe(catalogue) + Bench();

    private static string Bench()
    {
        var text = new StringBuilder().AppendLine().AppendLine("Options of hpcrun bench:");
        foreach (var (usage, help) in BenchArguments.Help)
        {
            text.Append("  ").AppendLine(usage).Append("      ").AppendLine(help);
        }

        return text.ToString().TrimEnd();
    }
}
