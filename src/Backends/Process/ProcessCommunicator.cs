using System;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>The master's communicator, whatever the transport: counts what comes from each slave, so that what a lost one had printed beyond that can be told.</summary>
internal sealed class ProcessCommunicator(Communicator transport, SlaveKeeper keeper) : Communicator
{
    private (int Incarnation, long Messages)[] _counts = new (int, long)[8];

    public override int Rank => transport.Rank;

    public override int Size => transport.Size;

    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks) => transport.Send(destination, head, blocks);

    public override Arrival Wait(TimeSpan timeout)
    {
        var arrival = transport.Wait(timeout);
        if (arrival.Rank <= 0)
        {
            return arrival;
        }

        if (arrival.Rank >= _counts.Length)
        {
            Array.Resize(ref _counts, Math.Max(arrival.Rank + 1, _counts.Length * 2));
        }

        ref var count = ref _counts[arrival.Rank];
        count = count.Incarnation == arrival.Incarnation ? count : (arrival.Incarnation, 0);
        if (arrival.Kind == ArrivalKind.Message)
        {
            count.Messages++;
        }

        return arrival is { Kind: ArrivalKind.RankLost, Loss: null } ? arrival with { Loss = keeper.LossOf(arrival.Rank, arrival.Incarnation, count.Messages) } : arrival;
    }

    public override void Wake() => transport.Wake();

    internal override bool MayRest => transport.MayRest;

    internal override void Rest() => transport.Rest();

    internal override Action? Alarm
    {
        get => transport.Alarm;
        set => transport.Alarm = value;
    }

    public override void Dispose() => transport.Dispose();
}
