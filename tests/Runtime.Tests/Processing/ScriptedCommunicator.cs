using System;
using System.Collections.Generic;
using HpcRuntime.Conformance.Run.Scripted;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Tests.Processing;

/// <summary>One rank's communicator in the hands of a test: arrivals are what the test put there, messages sent are kept as bytes. Never waits.</summary>
internal sealed class ScriptedCommunicator(int rank, int size) : Communicator
{
    private readonly Queue<Arrival> _arrivals = new();

    public override int Rank => rank;

    public override int Size => size;

    /// <summary>What was sent, in order, and to whom.</summary>
    internal Queue<(int Destination, Message Message)> Sent { get; } = new();

    /// <summary>How long the loop was ready to wait the last time that nothing had arrived.</summary>
    internal TimeSpan Patience { get; private set; }

    internal void Deliver(in Arrival arrival) => _arrivals.Enqueue(arrival);

    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks) => Sent.Enqueue((destination, new ScriptedMessage(head, blocks)));

    public override Arrival Wait(TimeSpan timeout)
    {
        if (_arrivals.TryDequeue(out var arrival))
        {
            return arrival;
        }

        Patience = timeout == TimeSpan.Zero ? Patience : timeout;
        return new Arrival(ArrivalKind.Deadline);
    }

    public override void Wake()
    {
    }

    public override void Dispose()
    {
    }
}
