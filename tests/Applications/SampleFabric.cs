using System.Collections.Generic;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Sample;

/// <summary>A fabric in an assembly of its own, to be found on the backend path or by file. It says of itself that it cannot run anywhere.</summary>
public sealed class SampleFabric : Fabric
{
    private const string Reason = "it is only a sample; take another fabric.";

    public override string Name => "sample";

    public override IReadOnlyList<FabricOption> Options => [new("colour", "The colour of the sample", "red", ["red", "blue"]), new("depth", "How deep it lies", "3")];

    public override FabricTraits Traits => new(2);

    public override FabricAvailability CheckAvailability() => new(false, Reason);

    public override string Describe() => "sample: runs nothing";

    public override Communicator Start(RankEntry entry, FabricSettings settings) => throw new FabricUnavailableException(Name, Reason);

    public override void Dispose()
    {
    }
}
