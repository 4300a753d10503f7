using System.Collections.Generic;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples;

/// <summary>Every application that comes with hpcrun, while its slaves are killed: what it says and writes is what an undisturbed run on uni does. A new one is covered as soon as it is listed;
/// <c>scripts/chaos-examples.sh</c> does the same from the command line, at random and for longer.</summary>
[Platform("Linux")]
[NonParallelizable]
internal sealed class ExamplesChaosTests
{
    [Test]
    public void An_application_says_the_same_while_slaves_with_work_in_their_hands_are_killed([ValueSource(nameof(Applications))] ComparedApplication application, [Values("shm", "socket")] string transport)
    {
        var calm = application.Calm();
        var hunt = new SlaveHunt();
        var stormy = application.Run(args => BuiltInApplications.Run(application.Name, () => HuntedFabric.Open(hunt, transport, 3), args));

        Assert.That(stormy, Is.EqualTo((0, calm)));
        Assert.That(hunt.Kills, Is.GreaterThan(0), "A run without a kill proves nothing.");
    }

    private static IEnumerable<ComparedApplication> Applications() => ComparedApplication.All();
}
