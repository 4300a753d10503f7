using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Conformance.Mpi;

/// <summary>The fabric whose promises are held here.</summary>
internal static class Fabrics
{
    /// <summary>No test needs more; the others of a world that survives losses are there to be lost.</summary>
    private const int MostSlaves = 4;

    /// <summary>Slaves that mpiexec started.</summary>
    internal static int WorldSlaves { get; set; }

    /// <summary>Whether mpiexec was started so that the others go on when a rank ends.</summary>
    internal static bool SurvivesLosses { get; set; }

    internal static FabricUnderTest Mpi => new("mpi", new FabricTraits(SurvivesLosses ? MostSlaves : WorldSlaves, Resizable: true), (slaves, options) => Processor.Load("mpi", options with { Slaves = slaves }))
    {
        SlavesInAll = WorldSlaves,
        LosesStuckSlaves = true,
        EndsStuckSlaves = SurvivesLosses,
        SurvivesLosses = SurvivesLosses,
        SendsOutliveSlave = false,
    };
}
