using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Sketch;

/// <summary>A fabric of the application's own assembly, found by its name alone.</summary>
public sealed class SketchFabric : Fabric
{
    public override string Name => "sketch";

    public override FabricTraits Traits => new(1);

    public override string Describe() => "sketch: runs nothing";

    public override Communicator Start(RankEntry entry, FabricSettings settings) => throw new FabricUnavailableException(Name, "it is a sketch");

    public override void Dispose()
    {
    }
}
