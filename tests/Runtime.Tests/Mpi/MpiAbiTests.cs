using HpcRuntime.Backends.Mpi.Interop;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <summary>What differs between the families of libraries and needs none of them to be seen.</summary>
internal sealed class MpiAbiTests
{
    /// <summary>The numbers of mpi.h: MPICH's and Open MPI's, and those of the MPI 5 standard.</summary>
    [TestCase(Threading.Single, 0, 0)]
    [TestCase(Threading.Funneled, 1, 1024)]
    [TestCase(Threading.Serialized, 2, 2048)]
    [TestCase(Threading.Multiple, 3, 4096)]
    public void A_thread_level_has_the_number_of_its_family(Threading level, int mpich, int standard)
    {
        Assert.That((MpiAbi.Mpich.ThreadLevels[(int)level], MpiAbi.Standard.ThreadLevels[(int)level]), Is.EqualTo((mpich, standard)));
        Assert.That((MpiAbi.Mpich.LevelOf(mpich), MpiAbi.Standard.LevelOf(standard)), Is.EqualTo((level, level)));
    }
}
