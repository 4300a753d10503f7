using HpcRuntime.Tests.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <summary>A leader that is killed while an array is on its way to it. Not on Open MPI: over a cable this slow rank 0 stays in a call of the library then, with UCX too, and the job ends (docs/mpi.md, "What survives what").</summary>
[NonParallelizable]
[Platform("Linux")]
internal sealed class HostsLabDataLeaderTests() : HostsLabData("mpich")
{
    [Test]
    public void A_leader_that_is_killed_while_it_gets_data_is_replaced_by_another_rank_of_its_host()
    {
        var (code, output, error) = KillTheLeaderOfH3("h3", "200ms", hpcrun => Leftover.WaitFor(() => HoldsCopy(hpcrun.Id, 5)));
        Assert.That((code, Last(output)), Is.EqualTo((0, "20 of 20 right, 1 slaves lost")), error);
    }
}
