using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Conformance.Mpi;

/// <summary>The fabric whose promises are held here.</summary>
internal static class Fabrics
{
    /// <summary>Slaves that mpiexec started.</summary>
    internal static int WorldSlaves { get; set; }

    internal static FabricUnderTest Mpi => new("mpi", new FabricTraits(WorldSlaves, Resizable: true), (slaves, options) => Processor.Load("mpi", options with { Slaves = slaves })) { SlavesInAll = WorldSlaves, LosesStuckSlaves = true };
}
