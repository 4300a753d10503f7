using System;
using System.Linq;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.Primitives;

internal sealed class MachineLimitsTests
{
    [TestCase(8, 8)]
    [TestCase(0, 1)]
    [TestCase(8, 4, "SLURM_CPUS_PER_TASK=4")]
    [TestCase(8, 3, "PBS_NUM_PPN=3")]
    [TestCase(8, 2, "SLURM_CPUS_PER_TASK=4", "PBS_NUM_PPN=2")]
    [TestCase(2, 2, "SLURM_CPUS_PER_TASK=64")]
    [TestCase(8, 8, "SLURM_CPUS_PER_TASK=")]
    [TestCase(8, 8, "SLURM_CPUS_PER_TASK=none")]
    [TestCase(8, 8, "PBS_NUM_PPN=0")]
    public void Allowed_cores_are_the_least_of_what_limits_them(int processors, int expected, params string[] environment)
    {
        Assert.That(MachineLimits.AllowedCores(Fake(environment), processors), Is.EqualTo(expected));
    }

    [TestCase(8)]
    [TestCase(2, "OMP_NUM_THREADS=4")]
    [TestCase(2, "OMP_NUM_THREADS=3")]
    [TestCase(1, "OMP_NUM_THREADS=64")]
    [TestCase(4, "OMP_NUM_THREADS=2,4")]
    [TestCase(8, "OMP_NUM_THREADS=0")]
    [TestCase(8, "OMP_NUM_THREADS=all")]
    [TestCase(2, "OMP_NUM_THREADS=2", "SLURM_CPUS_PER_TASK=4")]
    [TestCase(40, "HPCRUNTIME_SLAVES=40", "OMP_NUM_THREADS=2")]
    [TestCase(8, "HPCRUNTIME_SLAVES=")]
    public void Default_slaves_divide_the_cores_by_the_threads_of_each(int expected, params string[] environment)
    {
        Assert.That(MachineLimits.DefaultSlaves(Fake(environment), 8), Is.EqualTo(expected));
    }

    [Test]
    public void A_bad_number_of_slaves_in_the_environment_is_an_error()
    {
        var error = Assert.Throws<HpcRuntimeException>(() => MachineLimits.DefaultSlaves(Fake("HPCRUNTIME_SLAVES=-2"), 8))!;

        Assert.That(error.Message, Does.StartWith("HPCRUNTIME_SLAVES=-2:"));
    }

    [Test]
    public void This_machine_allows_at_least_one()
    {
        Assert.That(MachineLimits.AllowedCores(), Is.InRange(1, Environment.ProcessorCount));
    }

    private static Func<string, string?> Fake(params string[] environment)
        => name => environment.Select(pair => pair.Split('=', 2)).FirstOrDefault(pair => pair[0] == name)?[1];
}
