using System;
using System.IO;
using System.Linq;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>What cannot be used as MPI.NET is refused in one line that says what and what to do, before ranks are started where it can be.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class MpiNetRefusalTests
{
    private const string Wanted = "give the MPI.dll of MPI.NET 1.4 (lib/netstandard2.0 of the NuGet package MPI.NET 1.4.0)";

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mpinet-refusals-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Without_an_assembly_the_options_that_name_one_are_told() =>
        AssertRefused(null, $"no MPI.dll was given, and the program comes with none; {Wanted} with --set mpi.net-assembly=PATH or HPCRUNTIME_MPINET, or leave mpi.binding out.");

    [Test]
    public void A_file_that_is_not_there_is_named() => AssertRefused("/nowhere/MPI.dll", $"--set mpi.net-assembly=/nowhere/MPI.dll: there is no such file; {Wanted}.");

    [Test]
    public void A_folder_without_it_is_named() => AssertRefused(_folder.FullName, $"--set mpi.net-assembly={_folder.FullName}: there is no MPI.dll in that folder; {Wanted}.");

    [Test]
    public void A_file_that_is_no_assembly_is_refused()
    {
        File.WriteAllText(Place("MPI.dll"), "not an assembly");
        AssertRefused(Place("MPI.dll"), $"--set mpi.net-assembly={Place("MPI.dll")}: it is not a .NET assembly; {Wanted}.");
    }

    [Test]
    public void Another_assembly_is_refused_by_its_name()
    {
        var other = typeof(HpcRuntime.Fabrics.Fabric).Assembly;
        AssertRefused(other.Location, $"--set mpi.net-assembly={other.Location}: it is HpcRuntime {other.GetName().Version!.ToString(3)}, not MPI.NET; {Wanted}.");
    }

    [Test]
    public void Another_version_is_refused() => AssertRefused(EmittedAssembly.Write(Place("MPI.dll"), "1.1.0.0"), $"it is version 1.1.0 of MPI.NET, and the fabric knows 1.4; {Wanted}.");

    [Test]
    public void A_missing_type_is_named() => AssertRefused(EmittedAssembly.Write(Place("MPI.dll"), "1.4.0.0"), $"it has no MPI.Unsafe; {Wanted}.");

    [Test]
    public void A_missing_member_is_named() => AssertRefused(EmittedAssembly.Write(Place("MPI.dll"), "1.4.0.0", "msmpi.dll"), $"it has no MPI.Unsafe.MPI_Comm_size with the parameters of release 1.4; {Wanted}.");

    [Test]
    public void One_that_was_built_for_another_library_is_refused() => AssertRefused(EmittedAssembly.Write(Place("MPI.dll"), "1.4.0.0", "libmpi.so"), $"it was built for libmpi.so, not for msmpi.dll; {Wanted}.");

    [Test]
    public void Open_MPI_is_refused_before_anything_is_launched() => AssertRefused(MpiNetTests.StandIn,
        "MPI.NET fits MPICH and its kin (Intel MPI, MVAPICH), and this is Open MPI", "; use MPICH (--mpi mpich, or start the program with mpiexec.mpich), or leave mpi.binding out.", Mpi.OpenMpi);

    [Test]
    public void Under_the_mpiexec_of_Open_MPI_rank_0_refuses_it_for_all()
    {
        var (code, output, error) = MpiJob.RunPeer(Mpi.OpenMpi, 3, ["program", "--set", "mpi.binding=mpinet", "code", "0"], ("HPCRUNTIME_MPINET", MpiNetTests.StandIn));
        Assert.That((code, output), Is.EqualTo((3, string.Empty)), error);
        Assert.That(error.Split('\n').Count(line => line.Contains("MPI.NET fits MPICH and its kin (Intel MPI, MVAPICH), and this is Open MPI v4", StringComparison.Ordinal)), Is.EqualTo(1), error);
    }

    [Test]
    public void A_rank_that_lacks_it_on_its_host_says_so_itself()
    {
        var (code, _, error) = MpiJob.RunPeer(Mpi.Mpich, 2, ["program", "--set", "mpi.binding=mpinet", "code", "0"], ("HPCRUNTIME_MPINET", "/nowhere"));
        Assert.That(code, Is.EqualTo(3), error);
        Assert.That(error, Does.Contain($"HPCRUNTIME_MPINET=/nowhere: there is no such file; {Wanted}."));
    }

    [Test]
    public void A_program_that_hides_MPI_from_MPI_NET_is_told_in_one_line()
    {
        var (code, _, error) = MpiJob.RunPeer(Mpi.Mpich, 2, ["own-mpinet", MpiNetTests.StandIn, "hidden"]);
        Assert.That(code, Is.EqualTo(3), error);
        // Two ranks say it, and mpiexec may cut one's line in two around the other's.
        Assert.That(error, Does.Contain("MPI.NET could not begin MPI (Unable to load shared library 'msmpi.dll' or one of its dependencies); where the program "));
        Assert.That(error.Trim().Split('\n'), Has.Length.LessThanOrEqualTo(2));
    }

    private string Place(string name) => Path.Combine(_folder.FullName, name);

    private static void AssertRefused(string? assembly, string what, string end = "", Mpi mpi = Mpi.Mpich)
    {
        string[] named = assembly is null ? [] : ["--set", "mpi.net-assembly=" + assembly];
        using var job = MpiJob.StartLaunched(mpi, 2, ["--set", "mpi.binding=mpinet", .. named, "--", "code", "0"]);
        var (code, output, error) = job.WaitForExit(TimeSpan.FromSeconds(30));
        Assert.That((code, output), Is.EqualTo((3, string.Empty)), error);
        Assert.That(error, Does.StartWith("error: Fabric 'mpi' cannot run here: mpi.binding=mpinet: ").And.Contains(what).And.EndsWith(end + "\n"));
        Assert.That(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1), error);
    }
}
