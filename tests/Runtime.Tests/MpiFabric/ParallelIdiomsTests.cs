using System.Collections.Generic;
using HpcRuntime.Tests.EndToEnd;
using HpcRuntime.Tests.Examples.ParallelIdioms;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>The examples on ranks under the real mpiexec of each library.</summary>
[TestFixture("mpich")]
[TestFixture("openmpi")]
[NonParallelizable]
[Platform("Linux")]
internal sealed class ParallelIdiomsTests(string library)
{
    private static IEnumerable<TestCaseData> Cases => EndToEndTests.Cases;

    [TestCaseSource(nameof(Cases))]
    public void An_example_prints_what_it_must(string words, string expected) => Assert.That(Run(words), Is.EqualTo((0, expected, string.Empty)));

    [Test]
    public void The_large_picture_is_the_same_to_the_bit() => Assert.That(Run("raytracer --width 3840 --height 2160"), Is.EqualTo((0, Oracles.PictureOf3840x2160, string.Empty)));

    [Test]
    public void C_and_Fortran_agree_with_theory()
    {
        var (code, output, error) = Run($"native-kernel --library {ExampleRun.Kernels}");
        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Does.EndWith("\nall agree\n"));
    }

    private (int Code, string Output, string Error) Run(string words) =>
        HpcrunProcess.Run([("HPCRUNTIME_MPI", library)], EndToEndTests.Command(words, "--processor", "mpi", "-n", "2"));
}
