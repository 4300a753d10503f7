using System.IO;
using System.Linq;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi.Launching;

/// <summary>Lists of hosts, and which rank goes where.</summary>
internal sealed class HostFileTests
{
    [TestCase("node01", "node01 1")]
    [TestCase("node01:4", "node01 4")]
    [TestCase("node01 slots=4", "node01 4")]
    [TestCase("node01\tslots = 4   # the big one", "node01 4")]
    [TestCase("node01 slots=4 max_slots=8", "node01 4 8")]
    [TestCase("node01 slots=4 max-slots=8", "node01 4 8")]
    [TestCase("# first\n\nnode01:2\r\nme@node02.cluster.org slots=3\n10.0.0.7\n", "node01 2", "me@node02.cluster.org 3", "10.0.0.7 1")]
    [TestCase("[fe80::1]:2\nfe80::2", "[fe80::1] 2", "fe80::2 1")]
    [TestCase("n1\nn2\nN1\nn1", "n1 3", "n2 1")]
    public void Both_dialects_are_read(string text, params string[] expected)
        => Assert.That(Parse(text).Hosts.Select(host => $"{host.Name} {host.Slots} {host.Limit}".TrimEnd()), Is.EqualTo(expected));

    [TestCase("n1\nn2:0", "host file my.hosts, line 2: 'n2:' needs a whole number of 1 or more, not '0': n2:0")]
    [TestCase("n1 slots=many", "host file my.hosts, line 1: 'slots' needs a whole number of 1 or more, not 'many': n1 slots=many")]
    [TestCase("n1 slots=", "host file my.hosts, line 1: 'slots' needs a whole number of 1 or more: n1 slots=")]
    [TestCase("n1:2 slots=2", "host file my.hosts, line 1: the slots are given twice: n1:2 slots=2")]
    [TestCase("n1 slots=4 max_slots=2", "host file my.hosts, line 1: max_slots is less than the 4 slots: n1 slots=4 max_slots=2")]
    [TestCase("n1 cores=4", "host file my.hosts, line 1: 'cores=4' is not understood; write 'host', 'host:4' or 'host slots=4 max_slots=8': n1 cores=4")]
    [TestCase("#\n\nn[1-3]x;y", "host file my.hosts, line 3: ';' does not belong into the name of a host: n[1-3]x;y")]
    [TestCase("slots=4", "host file my.hosts, line 1: it does not begin with the name of a host: slots=4")]
    [TestCase("# nobody\n", "host file my.hosts: names no host; write one a line, such as 'node01 slots=4'.")]
    public void What_is_wrong_is_told_with_its_line(string text, string expected)
        => Assert.That(Assert.Throws<LaunchException>(() => Parse(text))!.Message, Is.EqualTo(expected));

    [Test]
    public void A_file_that_is_not_there_is_named_in_full()
        => Assert.That(Assert.Throws<LaunchException>(() => HostFile.Read("no.hosts"))!.Message, Is.EqualTo($"host file no.hosts: there is no such file ({Path.GetFullPath("no.hosts")})"));

    [TestCase("a:2 b:2 c:2", 1, "a 0-1")]
    [TestCase("a:2 b:2 c:2", 2, "a 0-2")]
    [TestCase("a:2 b:2 c:2", 4, "a 0-2", "b 3-4")]
    [TestCase("a:1 b:1 c:1", 3, "a 0-1", "b 2-2", "c 3-3")]
    [TestCase("a:2 b:1", 5, "a 0-4", "b 5-5")]
    [TestCase("a:2 b:1", 6, "a 0-4", "b 5-6")]
    public void Slaves_fill_the_slots_in_turn_and_the_master_takes_none(string hosts, int slaves, params string[] expected)
    {
        var placement = Placement.Create(Parse(hosts.Replace(' ', '\n')), slaves);

        Assert.That(placement.Hosts.Select(host => $"{host.Host.Name} {host.First}-{host.First + host.Count - 1}"), Is.EqualTo(expected));
        Assert.That(placement.Size, Is.EqualTo(slaves + 1));
        Assert.That(placement.HostOf(slaves), Is.EqualTo(expected[^1].Split(' ')[0]));
    }

    [Test]
    public void A_limit_is_kept()
    {
        var file = Parse("a slots=1 max_slots=2\nb slots=1 max_slots=1");

        Assert.That(Placement.Create(file, 3).Hosts.Select(host => host.Slaves), Is.EqualTo(new[] { 2, 1 }));
        Assert.That(Assert.Throws<LaunchException>(() => Placement.Create(file, 4))!.Message, Does.Contain("has room for 3 slaves by its max_slots, not for 4"));
    }

    [TestCase(MpiFamily.Mpich, "a:3\nb:1\n")]
    [TestCase(MpiFamily.OpenMpi, "a slots=3\nb slots=1\n")]
    public void Each_family_gets_its_own_dialect(MpiFamily family, string expected)
        => Assert.That(MpiexecDialect.Of(family).HostFile(Placement.Create(Parse("a:2\nb slots=2"), 3)), Is.EqualTo(expected));

    [TestCase("n[08-10,12],login1", "2(x4),1", "n08 2", "n09 2", "n10 2", "n12 2", "login1 1")]
    [TestCase("r[1-2]n[1,3]", "4", "r1n1 4", "r1n3 4", "r2n1 4", "r2n3 4")]
    [TestCase("alone", "16", "alone 16")]
    public void The_hosts_of_Slurm_are_understood(string nodes, string counts, params string[] expected)
        => Assert.That(Allocation.FromSlurm(nodes, counts).Hosts.Select(host => $"{host.Name} {host.Slots}"), Is.EqualTo(expected));

    [TestCase("n[1-3]", "2,2")]
    [TestCase("n[a-b]", "2")]
    public void What_Slurm_says_and_nobody_understands_is_told(string nodes, string counts)
        => Assert.That(() => Allocation.FromSlurm(nodes, counts), Throws.TypeOf<LaunchException>());

    [Test]
    public void The_hosts_of_a_node_file_are_counted()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "n1\nn1\nn2\nn2\n");
        try
        {
            Assert.That(Allocation.Hosts(name => name == "PBS_NODEFILE" ? file : null)!.Hosts, Is.EqualTo(new[] { new HostSlots("n1", 2), new HostSlots("n2", 2) }));
            Assert.That(Allocation.Hosts(_ => null), Is.Null);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static HostFile Parse(string text) => HostFile.Parse("my.hosts", text.Split('\n'));
}
