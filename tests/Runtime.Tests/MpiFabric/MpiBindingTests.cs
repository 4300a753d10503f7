using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Backends.Mpi.Interop;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>The binding, under the launchers of both libraries.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class MpiBindingTests
{
    [Test]
    public void Every_call_does_what_it_should([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["binding"]);
        Assert.That(output, Does.Not.Contain("WRONG").And.Contains("rank 0 done").And.Contains("rank 1 done").And.Contains("rank 2 done"), error);
        Assert.That(code, Is.Zero, error);
    }

    [Test]
    public void Exceptions_that_come_from_signals_stay_exceptions([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 2, ["faults"]);
        Assert.That((code, output.Trim()), Is.EqualTo((0, "4000 caught")), error);
    }

    [Test]
    public void Exceptions_stay_exceptions_where_Open_MPI_uses_UCX()
    {
        var (code, output, error) = MpiJob.RunPeer(Mpi.OpenMpi, 2, ["faults"], ("OMPI_MCA_pml", "ucx"), ("OMPI_MCA_pml_ucx_tls", "any"), ("OMPI_MCA_pml_ucx_devices", "any"));
        Assert.That((code, output.Trim()), Is.EqualTo((0, "4000 caught")), error);
    }

    [Test]
    public void The_library_of_the_launcher_is_chosen([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 2, ["about"]);
        var name = mpi == Mpi.Mpich ? "MPICH 4" : "Open MPI v4";
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().Select(line => line.Split(": ")[1][..name.Length]), Is.EqualTo(new[] { name, name }), error);
        Assert.That((code, output), Is.EqualTo((0, output)).And.Matches<(int, string)>(r => r.Item2.Contains("rank 0 of 2") && r.Item2.Contains("rank 1 of 2")));
    }

    [Test]
    public void A_library_that_does_not_belong_to_the_launcher_is_refused_with_the_fix([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 2, ["about"], ("HPCRUNTIME_MPI", mpi == Mpi.Mpich ? "openmpi" : "mpich"));
        Assert.That(code, Is.Not.Zero);
        Assert.That(output, Does.Not.Contain("rank 0 of 1"));
        Assert.That(error, Does.Contain($"started by mpiexec of {(mpi == Mpi.Mpich ? "MPICH" : "Open MPI")} with 2 ranks, but the library that was loaded, {(mpi == Mpi.Mpich ? "Open MPI v4" : "MPICH 4")}"));
        Assert.That(error, Does.Contain($"use HPCRUNTIME_MPI={(mpi == Mpi.Mpich ? "mpich" : "openmpi")}, or start it with mpiexec."));
    }

    [Test]
    public void A_library_that_is_not_there_is_named_with_what_to_install()
    {
        var (code, _, error) = MpiJob.RunPeer(Mpi.Mpich, 1, ["about", "/nowhere/libmpi.so.40"]);
        Assert.That(code, Is.EqualTo(3));
        Assert.That(error, Does.Contain("no MPI library can be loaded (--set mpi.library /nowhere/libmpi.so.40; tried /nowhere/libmpi.so.40)").And.Contains("HPCRUNTIME_MPI"));
    }

    [Test]
    public void A_file_that_is_no_MPI_library_is_refused()
    {
        var (code, _, error) = MpiJob.RunPeer(Mpi.Mpich, 1, ["about", "libm.so.6"]);
        Assert.That(code, Is.EqualTo(3));
        Assert.That(error, Does.Contain("libm.so.6 is no MPI library"));
    }

    [TestCase("OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=1 PMIX_RANK=1", "mpiexec of Open MPI", 1, 3)]
    [TestCase("PMI_SIZE=4 PMI_RANK=0 MPI_LOCALRANKID=0", "mpiexec of MPICH", 0, 4)]
    [TestCase("PMI_SIZE=4 PMI_RANK=2 SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=2", "srun", 2, 4)]
    [TestCase("PMI_SIZE=4 PMI_RANK=2 MPI_LOCALNRANKS=4 SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0", "mpiexec of MPICH", 2, 4)]
    [TestCase("PMI_SIZE=1 PMI_RANK=0", "mpiexec of MPICH", 0, 1)]
    public void The_launcher_is_read_from_the_environment(string variables, string name, int rank, int size)
    {
        var environment = variables.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var launcher = MpiLauncher.Detect(variable => environment.GetValueOrDefault(variable))!;
        Assert.That((launcher.Name, launcher.Rank, launcher.Size), Is.EqualTo((name, rank, size)));
    }

    [TestCase("")]
    [TestCase("SLURM_PROCID=0 SLURM_NTASKS=4")]
    [TestCase("PMI_SIZE=x PMI_RANK=0")]
    [TestCase("PMI_SIZE=2 PMI_RANK=2")]
    public void Without_a_launcher_there_is_none(string variables)
    {
        var environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.That(MpiLauncher.Detect(variable => environment.GetValueOrDefault(variable)), Is.Null);
    }
}
