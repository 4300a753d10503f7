using System.Diagnostics;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;
using Serilog.Core;

namespace HpcRuntime.Tests.Hosting;

internal sealed class FabricChoiceTests
{
    private static readonly FabricCatalogue Catalogue = new();
    private static readonly MpiLauncherEnvironment Launcher = new("mpiexec", 0, 3);

    [TestCase(null, "PMI_SIZE=1", "PMI_RANK=0")]
    [TestCase(null, "SLURM_NTASKS=4", "SLURM_PROCID=0")]
    [TestCase(null, "PMI_SIZE=4")]
    [TestCase("mpiexec of MPICH", "PMI_SIZE=4", "PMI_RANK=2")]
    [TestCase("mpiexec of Open MPI", "OMPI_COMM_WORLD_SIZE=4", "OMPI_COMM_WORLD_RANK=2")]
    [TestCase("srun", "SLURM_STEP_NUM_TASKS=4", "SLURM_PROCID=2")]
    public void A_launcher_of_more_than_one_rank_is_seen(string? launcher, params string[] environment)
    {
        string? Find(string name) => System.Array.Find(environment, pair => pair.StartsWith(name + "=", System.StringComparison.Ordinal))?[(name.Length + 1)..];

        Assert.That(MpiLauncherEnvironment.Detect(Find), Is.EqualTo(launcher is null ? null : new MpiLauncherEnvironment(launcher, 2, 4)));
    }

    [Test]
    public void A_fabric_asked_for_is_taken_whatever_the_letter_case()
    {
        var choice = FabricChoice.Choose(new GivenValue("SKETCH", "--processor"), null, Catalogue);

        Assert.That((choice.Fabric.Name, choice.Reason), Is.EqualTo(("sketch", "from --processor")));
    }

    [Test]
    public void Under_a_launcher_the_fabric_is_mpi()
    {
        using var fabric = FabricChoice.Choose(null, Launcher, Catalogue) is { Reason: "started by mpiexec with 3 ranks" } choice ? choice.Fabric : null;

        Assert.That(fabric?.Name, Is.EqualTo("mpi"));
    }

    [Test]
    public void Under_a_launcher_another_fabric_is_refused()
    {
        var error = Assert.Throws<UsageException>(() => FabricChoice.Choose(new GivenValue("thread", "HPCRUNTIME_PROCESSOR"), Launcher, Catalogue))!;

        Assert.That(error.Message, Does.StartWith("HPCRUNTIME_PROCESSOR thread: under mpiexec with 3 ranks"));
    }

    /// <summary>Another rank leaves rank 0 the time to say it. PlainMpiexecTests has both together.</summary>
    [TestCase(0, "mpiexec", 0)]
    [TestCase(1, "", 2)]
    public void Rank_0_of_a_launcher_says_at_once_what_is_wrong(int rank, string expected, double seconds)
    {
        var host = new FakeHost(("PMI_SIZE", "2"), ("PMI_RANK", rank.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var clock = Stopwatch.StartNew();

        Assert.That(host.Host.Run(["--processor", "thread"], (_, _) => 0), Is.EqualTo(ExitCodes.Usage));
        Assert.That(clock.Elapsed.TotalSeconds, Is.GreaterThanOrEqualTo(seconds));
        Assert.That(host.Error, expected.Length > 0 ? Does.Contain(expected) : Is.Empty);
    }

    [TestCase("--set paper.isolation=off", "--set paper.isolation=off: not allowed; give copy or none.")]
    [TestCase("--set paper.isolaton=none", "has no option 'isolaton'; did you mean 'isolation'? it has isolation, width.")]
    [TestCase("--set nosuch.key=1", "there is no fabric 'nosuch'")]
    public void A_bad_setting_is_told(string args, string expected)
    {
        var settings = new FakeHost().Settings(args.Split(' '));

        var error = Assert.Throws<UsageException>(() => Complete(settings, new PaperFabric()))!;

        Assert.That(error.Message, Does.Contain(expected));
    }

    [Test]
    public void Settings_of_other_fabrics_and_of_the_wire_may_stand()
    {
        var settings = new FakeHost().Settings("--set", "wire.check-lent=true", "--set", "mpi.threads=multiple", "--set", "paper.width=7", "--set", "paper.isolation=none");

        Assert.That(Complete(settings, new PaperFabric()).Settings, Has.Count.EqualTo(4));
    }

    [TestCase("", int.MaxValue, 8)]
    [TestCase("", 1, 1)]
    [TestCase("-n 3", int.MaxValue, 3)]
    [TestCase("-n 3", 1, 1)]
    public void The_slaves_are_what_was_asked_for_and_what_the_fabric_can_have(string args, int most, int expected)
    {
        var settings = new FakeHost().Settings(args.Split(' ', System.StringSplitOptions.RemoveEmptyEntries));

        Assert.That(Complete(settings, new PaperFabric(maxSlaves: most)).Slaves, Is.EqualTo(expected));
    }

    [TestCase("", OutputPrefix.None)]
    [TestCase("--verbosity debug", OutputPrefix.Rank)]
    [TestCase("--verbosity debug -n 1", OutputPrefix.None)]
    [TestCase("--verbosity debug --prefix none", OutputPrefix.None)]
    [TestCase("--prefix rank", OutputPrefix.Rank)]
    public void The_prefix_is_automatic_unless_asked_for(string args, OutputPrefix expected)
    {
        var settings = new FakeHost().Settings(args.Split(' ', System.StringSplitOptions.RemoveEmptyEntries));

        Assert.That(Complete(settings, new PaperFabric()).Prefix, Is.EqualTo(expected));
    }

    private static ProcessorOptions Complete(HostSettings settings, Fabric fabric) => FabricOptions.Complete(settings, new FabricChoice(fabric, "a test"), Logger.None, Catalogue);
}
