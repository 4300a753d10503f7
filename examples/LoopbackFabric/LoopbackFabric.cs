using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Loopback;

/// <summary>The smallest fabric: slaves are threads, and every rank has a mailbox.</summary>
public sealed class LoopbackFabric : Fabric
{
    private Thread[] _slaves = [];

    public override string Name => "loopback";

    public override FabricTraits Traits { get; } = new(int.MaxValue, SharedMemory: true);

    public override string Describe() => $"loopback: {_slaves.Length} slave threads, one mailbox each";

    public override Communicator Start(RankEntry entry, FabricSettings settings)
    {
        var boxes = Enumerable.Range(0, settings.Slaves + 1).Select(_ => new BlockingCollection<Arrival>()).ToArray();
        _slaves = [.. Enumerable.Range(1, settings.Slaves).Select(rank => new Thread(() => RunSlave(entry, rank, boxes)) { IsBackground = true, Name = $"loopback slave {rank}" })];
        for (var rank = 1; rank <= settings.Slaves; rank++)
        {
            boxes[0].Add(new Arrival(ArrivalKind.RankJoined, rank, 1)); // Now, so that the processor has its slaves as soon as it is open.
        }

        Array.ForEach(_slaves, slave => slave.UnsafeStart()); // What flows with the calling thread is not the slaves'.
        return new LoopbackCommunicator(0, boxes);
    }

    // Slaves were told to leave before; one that is stuck in a command is abandoned with its background thread.
    public override void Dispose() => Array.ForEach(_slaves, slave => slave.Join(TimeSpan.FromSeconds(2)));

    private static void RunSlave(RankEntry entry, int rank, BlockingCollection<Arrival>[] boxes)
    {
        var loss = new RankLoss("it left");
        try
        {
            using var capture = new ConsoleCapture();
            entry(new RankSetting(new LoopbackCommunicator(rank, boxes), capture)).Run();
        }
        catch (Exception exception)
        {
            loss = new RankLoss($"its loop failed: {exception}"); // The master tells the user.
        }

        boxes[0].Add(new Arrival(ArrivalKind.RankLost, rank, 1, null, loss));
    }

    private sealed class LoopbackCommunicator(int rank, BlockingCollection<Arrival>[] boxes) : Communicator
    {
        public override int Rank => rank;

        public override int Size => boxes.Length;

        public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks) =>
            boxes[destination].Add(new Arrival(ArrivalKind.Message, rank, 1, BufferedMessage.Copy(head, blocks)));

        public override Arrival Wait(TimeSpan timeout) => boxes[rank].TryTake(out var arrival, timeout) ? arrival : new Arrival(ArrivalKind.Deadline);

        public override void Wake() => boxes[rank].Add(new Arrival(ArrivalKind.Woken));

        public override void Dispose()
        {
        }
    }
}
