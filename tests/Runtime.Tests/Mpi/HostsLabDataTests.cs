using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using HpcRuntime.Tests.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <summary>Data for every slave of four hosts, with both libraries.</summary>
[TestFixture("mpich")]
[TestFixture("openmpi")]
[NonParallelizable]
[Platform("Linux")]
internal sealed partial class HostsLabDataTests(string library) : HostsLabData(library)
{
    [Test]
    public void Data_crosses_to_each_host_once_and_the_master_does_not_send_it_to_all_of_them()
    {
        using var hpcrun = Start(Mebibytes, 2);
        var (code, output, error) = hpcrun.WaitForExit();
        Assert.That((code, Last(output)), Is.EqualTo((0, "40 of 40 right, 0 slaves lost")), error);
        var spreads = Told().Matches(error).Select(match => match.Groups.Values.Skip(1).Select(group => long.Parse(group.Value, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        const long Bytes = (long)Mebibytes << 20;
        Assert.That(spreads, Is.EqualTo(new[] { new[] { Bytes, 7, 3, 2 * Bytes, Bytes }, [Bytes, 7, 3, 2 * Bytes, Bytes] }), error);
    }

    [Test]
    public void When_a_leader_is_killed_those_that_it_passed_data_on_to_turn_to_another_rank()
    {
        var (code, output, error) = KillTheLeaderOfH3("h4", "400ms", hpcrun =>
        {
            hpcrun.WaitForLine("right on 6"); // The copy of h3 is complete, and h4 still gets its own from there.
            Leftover.WaitFor(() => HoldsCopy(hpcrun.Id, 7));
        });
        Assert.That((code, Last(output)), Is.EqualTo((0, "20 of 20 right, 1 slaves lost")), error);
        Assert.That(error, Does.Not.Contain("other hosts: 50331648 bytes sent from here").And.Contain("other hosts:"), "h4 got the rest from the master.");
    }

    [GeneratedRegex("Data of ([0-9]+) bytes is with ([0-9]+) ranks, on ([0-9]+) other hosts: ([0-9]+) bytes sent from here, ([0-9]+) bytes copied")]
    private static partial Regex Told();
}
