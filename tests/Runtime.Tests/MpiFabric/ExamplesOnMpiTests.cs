using System.Collections.Generic;
using HpcRuntime.Tests.EndToEnd;
using HpcRuntime.Tests.Examples;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>Every application that comes with hpcrun, on ranks of both libraries.</summary>
[Platform("Linux")]
[NonParallelizable]
internal sealed class ExamplesOnMpiTests
{
    [Test]
    public void On_ranks_an_application_says_what_it_says_on_uni([ValueSource(nameof(Applications))] ComparedApplication application, [Values] Mpi mpi)
    {
        var error = string.Empty;
        var run = application.Run(args =>
        {
            (var code, var output, error) = HpcrunProcess.Run(["run", application.Name, "--processor", "mpi", "--mpi", mpi == Mpi.Mpich ? "mpich" : "openmpi", "-n", "2", "--", .. args]);
            return (code, output);
        });
        Assert.That(run, Is.EqualTo((0, application.Calm())), error);
    }

    private static IEnumerable<ComparedApplication> Applications() => ComparedApplication.All();
}
