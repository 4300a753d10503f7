using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary><c>hpcrun exec</c> over ranks: what goes in as values comes out in order, whoever started the ranks.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class MpiExecTests
{
    private const int Values = 1200; // More than the words that MPICH's mpiexec takes.
    private static readonly string Expected = string.Concat(Enumerable.Range(1, Values).Select(value => $"{value}\n"));

    [Test]
    public void Values_on_the_command_line_come_out_in_order([Values] Mpi mpi) =>
        AssertSame($"{HpcrunProcess.ShellWords} exec --processor mpi --mpi {NameOf(mpi)} -n 2 --keep-order -- echo {{}} ::: $(seq {Values})", mpi);

    [Test]
    public void Values_on_standard_input_reach_rank_0([Values] Mpi mpi) =>
        AssertSame($"seq {Values} | {HpcrunProcess.ShellWords} exec --processor mpi --mpi {NameOf(mpi)} -n 2 --keep-order -- echo {{}}", mpi);

    [Test]
    public void A_second_source_from_standard_input_reaches_rank_0_too([Values] Mpi mpi)
    {
        var (code, output, error) = Run($"seq 2 | {HpcrunProcess.ShellWords} exec --processor mpi --mpi {NameOf(mpi)} -n 2 --keep-order -- echo ::: a b :::: -", mpi);
        Assert.That((code, output), Is.EqualTo((0, "a 1\na 2\nb 1\nb 2\n")), error);
    }

    [Test]
    public void Under_a_plain_mpiexec_nothing_but_the_output_comes_out([Values] Mpi mpi) =>
        AssertSame($"seq {Values} | mpiexec.{NameOf(mpi)} -n 3 {HpcrunProcess.ShellWords} exec --keep-order -- echo {{}}", mpi);

    [Test]
    public void A_failed_job_makes_the_exit_code_1([Values] Mpi mpi)
    {
        var (code, output, _) = Run($"{HpcrunProcess.ShellWords} exec --processor mpi --mpi {NameOf(mpi)} -n 2 --keep-order 'echo {{}}; exit {{}}' ::: 0 3 0", mpi);
        Assert.That((code, output), Is.EqualTo((1, "0\n3\n0\n")));
    }

    private static void AssertSame(string line, Mpi mpi)
    {
        var (code, output, error) = Run(line, mpi);
        Assert.That(code, Is.Zero, error);
        Assert.That(output, Is.EqualTo(Expected));
    }

    private static (int Code, string Output, string Error) Run(string line, Mpi mpi)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["TERM"] = "xterm", // Else .NET would not dress anything up, and the last test show nothing.
            ["HPCRUNTIME_MPI"] = NameOf(mpi),
            ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
            ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
            ["OMPI_MCA_rmaps_base_oversubscribe"] = "1",
            ["OMPI_MCA_hwloc_base_binding_policy"] = "none",
        })
        {
            start.Environment[name] = value;
        }

        using var shell = Process.Start(start)!;
        var error = shell.StandardError.ReadToEndAsync();
        var output = shell.StandardOutput.ReadToEndAsync();
        if (!shell.WaitForExit(TimeSpan.FromSeconds(120)))
        {
            shell.Kill(entireProcessTree: true);
            Assert.Fail($"It did not end: {line}");
        }

        return (shell.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    private static string NameOf(Mpi mpi) => mpi == Mpi.Mpich ? "mpich" : "openmpi";
}
