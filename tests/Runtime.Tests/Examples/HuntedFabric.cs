using System;
using System.Collections.Generic;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.Tests.Examples;

/// <summary>The process fabric with a hunt on its slaves.</summary>
internal sealed class HuntedFabric(SlaveHunt hunt) : Fabric
{
    private readonly Backends.Process.ProcessFabric _inner = new();

    public override string Name => _inner.Name;

    public override IReadOnlyList<FabricOption> Options => _inner.Options;

    public override FabricTraits Traits => _inner.Traits;

    public override TimeSpan? Grace => _inner.Grace;

    /// <summary>A processor under this hunt.</summary>
    internal static Processor Open(SlaveHunt hunt, string transport, int slaves) => new(new HuntedFabric(hunt), new ProcessorOptions
    {
        Slaves = slaves,
        MaxAttempts = 1000,
        Observer = hunt,
        Settings = new Dictionary<string, string> { ["process.transport"] = transport, ["process.max-restarts"] = "1000" },
    });

    public override string Describe() => _inner.Describe();

    public override Communicator Start(RankEntry entry, FabricSettings settings) => new HuntedCommunicator(_inner.Start(entry, settings), hunt);

    public override bool End(int rank, bool replace) => _inner.End(rank, replace);

    public override bool Stop(int rank) => _inner.Stop(rank);

    public override long? TakeBack(int rank) => _inner.TakeBack(rank);

    public override bool Grow() => _inner.Grow();

    public override void Abort() => _inner.Abort();

    public override void Dispose() => _inner.Dispose();

    private sealed class HuntedCommunicator(Communicator inner, SlaveHunt hunt) : Communicator
    {
        public override int Rank => inner.Rank;

        public override int Size => inner.Size;

        public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
        {
            if (head[0] != (byte)MasterVerb.Commands || !hunt.IsDue(destination))
            {
                inner.Send(destination, head, blocks);
                return;
            }

            hunt.Stop(destination);
            inner.Send(destination, head, blocks);
            hunt.Kill(destination);
        }

        public override Arrival Wait(TimeSpan timeout) => inner.Wait(timeout);

        public override void Wake() => inner.Wake();

        public override void Dispose() => inner.Dispose();
    }
}
