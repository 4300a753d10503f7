using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Fabrics;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi.Launching;

/// <summary>What is found, and what is said to it.</summary>
internal sealed class MpiexecCommandTests
{
    private const string Hydra = "HYDRA build details:\n    Version:                                 4.0.2\n";
    private const string OpenMpi = "mpiexec (OpenRTE) 4.1.4\n\nReport bugs to ...";
    private static readonly LaunchFiles Files = new("/tmp/run", null, null);

    [TestCase(MpiFamily.Mpich, "-disable-auto-cleanup -wdir /work -n 5 /bin/sh -c WRAPPER hpcrun-rank /opt/app --processor mpi")]
    [TestCase(MpiFamily.OpenMpi, "--enable-recovery --mca orte_allowed_exit_without_sync 1 --bind-to none --oversubscribe --wdir /work -x TERM -n 5 /bin/sh -c WRAPPER hpcrun-rank /opt/app --processor mpi")]
    public void On_one_host_a_job_survives_the_loss_of_a_rank_and_has_one_rank_more_than_slaves(MpiFamily family, string expected)
    {
        var command = Command(family, null, Files, []);

        Assert.That(string.Join(' ', command.Arguments).Replace(Scripts.Wrapper, "WRAPPER", StringComparison.Ordinal), Is.EqualTo(expected));
        Assert.That(command.Variables["HPCRUNTIME_MPI_RUN"], Is.EqualTo("/tmp/run"));
        Assert.That((command.Variables["UCX_ERROR_SIGNALS"], command.Variables["UCX_MEM_EVENTS"]), Is.EqualTo((string.Empty, "n")));
        Assert.That(command.Variables["HPCRUNTIME_MPI"], Is.EqualTo(family == MpiFamily.OpenMpi ? "openmpi" : "mpich"));
        Assert.That(command.Describe(), Does.Contain("TERM=dumb").And.Not.Contain("trap"));
    }

    [TestCase(MpiFamily.Mpich, "-f /tmp/run/hosts -launcher ssh -launcher-exec /tmp/run/agent -iface lo -n")]
    [TestCase(MpiFamily.OpenMpi, "--hostfile /tmp/run/hosts --mca plm_rsh_agent /bin/sh /tmp/run/agent --mca plm_rsh_no_tree_spawn 1 --leave-session-attached --mca oob_tcp_if_include 127.0.0.0/8 --mca btl_tcp_if_include 127.0.0.0/8 -x A_WORD")]
    public void On_other_hosts_the_agent_the_network_and_the_environment_are_named(MpiFamily family, string expected)
    {
        var hosts = HostFile.Parse("x", ["no-such-host.invalid:4"]);
        var command = Command(family, Placement.Create(hosts, 4), new LaunchFiles("/tmp/run", "/tmp/run/hosts", "/tmp/run/agent"), new() { ["A_WORD"] = "1", ["HOME"] = "/root", ["bad%name"] = "1" });

        Assert.That(string.Join(' ', command.Arguments), Does.Contain(expected).And.Not.Contain("HOME").And.Not.Contain("bad%name"));
    }

    [TestCase("/a blank/run")]
    [TestCase("/a:colon/run")]
    public void A_record_whose_path_Open_MPI_would_break_is_refused(string folder)
    {
        var files = new LaunchFiles(folder, folder + "/hosts", folder + "/agent");
        var placement = Placement.Create(HostFile.Parse("x", ["no-such-host.invalid:4"]), 4);

        Assert.That(Assert.Throws<LaunchException>(() => Command(MpiFamily.OpenMpi, placement, files, []))!.Message, Does.Contain($"({folder})").And.Contain("--set mpi.run-folder=FOLDER"));
        Assert.That(Command(MpiFamily.Mpich, placement, files, []).Arguments, Does.Contain(folder + "/agent"));
    }

    [TestCase(true, "UCX_NET_DEVICES")]
    [TestCase(false, "UCX_TLS")]
    [TestCase(false, "UCX_NET_DEVICES", "OMPI_MCA_pml")]
    [TestCase(false, "UCX_NET_DEVICES", "OMPI_MCA_pml_ucx_tls")]
    public void Open_MPI_takes_UCX_between_hosts_where_UCX_was_told_its_network_and_nobody_said_otherwise(bool expected, params string[] variables)
    {
        var hosts = HostFile.Parse("x", ["no-such-host.invalid:4"]);
        var environment = variables.ToDictionary(name => name, _ => "x");
        var files = new LaunchFiles("/tmp/run", "/tmp/run/hosts", "/tmp/run/agent");

        Assert.That(string.Join(' ', Command(MpiFamily.OpenMpi, Placement.Create(hosts, 4), files, environment).Arguments).Contains("--mca pml ucx,ob1 --mca opal_common_ucx_opal_mem_hooks 0 --mca pml_ucx_tls any --mca pml_ucx_devices any -x", StringComparison.Ordinal), Is.EqualTo(expected));
        Assert.That(Command(MpiFamily.OpenMpi, null, Files, environment).Arguments, Does.Not.Contain("pml_ucx_tls"));
    }

    [TestCase("^cma,tcp", null)]
    [TestCase("^cma,tcp", "no-such-host.invalid:4")]
    [TestCase("^cma", "no-such-host.invalid:2\nanother.invalid:2")]
    [TestCase("^cma", null, "HYDRA_HOST_FILE")]
    [TestCase("", null, "UCX_TLS")]
    public void UCX_reads_no_memory_of_others_and_uses_no_TCP_on_one_host_unless_the_user_said_what_it_takes(string expected, string? lines, params string[] variables)
    {
        var placement = lines is null ? null : Placement.Create(HostFile.Parse("x", lines.Split('\n')), 4);
        var command = Command(MpiFamily.Mpich, placement, Files, variables.ToDictionary(name => name, _ => "x"));
        Assert.That(command.Variables.GetValueOrDefault("UCX_TLS", string.Empty), Is.EqualTo(expected));
    }

    [Test]
    public void A_program_with_many_words_travels_in_few_and_gets_them_as_they_were()
    {
        string[] nasty = ["", " ", "it's", "a\nb", "$HOME", "`x`", "\\", "\"", "*", new string('x', 20_000), "-n"];
        string[] program = ["/usr/bin/printf", "%s\u0001", .. Enumerable.Range(0, 1000).Select(i => nasty[i % nasty.Length] + i), .. nasty];
        var words = MpiexecDialect.Words(program).ToArray();
        Assert.That(words, Has.Length.LessThan(500));
        Assert.That(words.Max(word => word.Length), Is.LessThan(64 * 1024));
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", .. words]) { RedirectStandardOutput = true })!;
        Assert.That(shell.StandardOutput.ReadToEnd().Split('\u0001')[..^1], Is.EqualTo(program[2..]));
        shell.WaitForExit();
    }

    [Test]
    public void Few_words_travel_as_they_are() => Assert.That(MpiexecDialect.Words(["/opt/app", "a b"]), Is.EqualTo(new[] { Scripts.Wrapper, "hpcrun-rank", "/opt/app", "a b" }));

    [Test]
    public void An_interface_that_is_not_there_is_told_with_those_that_are()
        => Assert.That(Assert.Throws<LaunchException>(() => HostNetwork.Named("wlan7"))!.Message, Does.StartWith("mpi.iface=wlan7: this machine has no such interface").And.Contain("lo"));

    [TestCase("10.77.3.9", 24, "10.77.3.0/24")]
    [TestCase("10.77.255.9", 18, "10.77.192.0/18")]
    [TestCase("10.77.3.9", 8, "10.0.0.0/8")]
    public void A_subnet_is_cut_off_where_it_ends(string address, int prefix, string expected) => Assert.That(HostNetwork.SubnetOf(IPAddress.Parse(address), prefix), Is.EqualTo(expected));

    [TestCase("localhost", true)]
    [TestCase("127.0.0.1", true)]
    [TestCase("me@localhost", true)]
    [TestCase("no-such-host.invalid", false)]
    public void This_machine_is_known_by_its_names(string name, bool expected) => Assert.That(HostNetwork.IsThisMachine(name), Is.EqualTo(expected));

    [TestCase("plain-1.2/x=y,z", "plain-1.2/x=y,z")]
    [TestCase("a b", "'a b'")]
    [TestCase("it's", "'it'\\''s'")]
    [TestCase("", "''")]
    public void A_word_is_quoted_as_the_shell_wants_it(string word, string expected) => Assert.That(MpiexecCommand.Quote(word), Is.EqualTo(expected));

    [Test]
    public void A_program_is_started_again_as_it_was_started()
    {
        Assert.That(OwnProgram.CommandLine("/usr/bin/dotnet", ["dotnet", "exec", "bin/App.dll", "--x", "1"], "/app/bin/App.dll"), Is.EqualTo(new[] { "/usr/bin/dotnet", "exec", "/app/bin/App.dll", "--x", "1" }));
        Assert.That(OwnProgram.CommandLine("/app/App", ["./App", "--x", ""], "/app/App.dll"), Is.EqualTo(new[] { "/app/App", "--x", "" }));
    }

    [Test]
    public void The_system_s_mpiexec_comes_first_and_each_launcher_once()
    {
        using var folder = new Installed(("mpiexec.openmpi", OpenMpi), ("mpiexec.mpich", Hydra), ("mpirun", "something else"));
        File.CreateSymbolicLink(Path.Combine(folder.Bin, "mpiexec"), Path.Combine(folder.Bin, "mpiexec.openmpi"));

        Assert.That(folder.Finder.FindAll().Select(found => (found.Family, Path.GetFileName(found.Mpiexec), found.Version)), Is.EqualTo(new[] { (MpiFamily.OpenMpi, "mpiexec", "4.1.4"), (MpiFamily.Mpich, "mpiexec.mpich", "4.0.2") }));
        Assert.That(folder.Finder.Find(null).Family, Is.EqualTo(MpiFamily.OpenMpi));
        Assert.That(folder.Finder.Find("MPICH").Family, Is.EqualTo(MpiFamily.Mpich));
        Assert.That(folder.Finder.Find("/opt/lib/libmpich.so.12").Family, Is.EqualTo(MpiFamily.Mpich), "HPCRUNTIME_MPI may name a library.");
    }

    [Test]
    public void A_place_may_be_an_mpiexec_or_the_folder_of_an_installation()
    {
        using var folder = new Installed(("mpiexec", Hydra), ("notes", "nothing"));
        var library = Path.Combine(folder.Root, "lib", "libmpich.so.12");
        Directory.CreateDirectory(Path.GetDirectoryName(library)!);
        File.WriteAllText(library, string.Empty);

        Assert.That(folder.Finder.Find(folder.Root).Mpiexec, Is.EqualTo(Path.Combine(folder.Bin, "mpiexec")));
        Assert.That(folder.Finder.Find(Path.Combine(folder.Bin, "mpiexec")).Library, Is.EqualTo(library), "The library of the same installation goes with it.");
        Assert.That(Assert.Throws<LaunchException>(() => folder.Finder.Find(Path.Combine(folder.Bin, "notes")))!.Message, Does.Contain("does not answer --version as the mpiexec of MPICH or Open MPI does"));
        Assert.That(Assert.Throws<LaunchException>(() => folder.Finder.Find("/no/where"))!.Message, Does.StartWith("--mpi /no/where: there is no such file or folder"));
    }

    [TestCase(null, "mpich or openmpi-bin")]
    [TestCase("mpich", "package mpich,")]
    [TestCase("openmpi", "package openmpi-bin,")]
    public void Where_there_is_none_the_package_is_named(string? asked, string expected)
    {
        var error = Assert.Throws<FabricUnavailableException>(() => new MpiFinder([], _ => string.Empty).Find(asked))!;

        Assert.That(error.Message, Does.Contain(expected));
    }

    private static MpiexecCommand Command(MpiFamily family, Placement? placement, LaunchFiles files, Dictionary<string, string> environment)
    {
        var options = new LaunchOptions { Interface = placement is null ? null : "lo" };
        return MpiexecDialect.Of(family).Command(new LaunchRequest(new MpiInstallation(family, "/usr/bin/mpiexec", "1"), 4, placement, ["/opt/app", "--processor", "mpi"], "/work", options), files, environment);
    }

    /// <summary>An installation of which only what it answers to --version is real.</summary>
    private sealed class Installed : IDisposable
    {

        internal Installed(params (string Name, string Answer)[] programs)
        {
            Directory.CreateDirectory(Bin);
            foreach (var (name, answer) in programs)
            {
                File.WriteAllText(Path.Combine(Bin, name), answer);
            }
        }

        internal string Root { get; } = Directory.CreateTempSubdirectory("hpcrun-finder-tests-").FullName;

        internal string Bin => Path.Combine(Root, "bin");

        internal MpiFinder Finder => new([Bin], file => File.ReadAllText(file));

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
