using System;
using System.Collections.Generic;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using Serilog.Events;

namespace HpcRuntime.Simulation;

/// <summary>The real loop of one slave, fed with commands that do nothing from a communicator that costs nothing: what a command costs a slave.</summary>
internal sealed class SlaveBench : IDisposable
{
    private const int ChunkSize = 100;

    private readonly ConsoleCapture _capture = new();
    private readonly Feed _feed = new();
    private readonly SentTypes _types = new();
    private readonly WireWriter _message;
    private readonly WireWriter _body;
    private readonly SlaveLoop _loop;
    private int _typesTold;

    internal SlaveBench()
    {
        _message = new WireWriter(_types);
        _body = new WireWriter(_types);
        _loop = new SlaveLoop(new RankSetting(_feed, _capture), WireSerializer.Default, WireTypePolicy.ForApplication());
        Say(MasterVerb.Welcome, body =>
        {
            new SlaveSettings(3, 0, long.MaxValue, TimeSpan.FromSeconds(2), Each: false, LogEventLevel.Warning).Write(body, []);
            body.WriteVarUInt(0);
        });
        _loop.Step();
    }

    /// <summary>Bytes that the slave's thread allocates for <paramref name="commands"/> commands.</summary>
    internal static long Allocated(int commands)
    {
        using var bench = new SlaveBench();
        var before = GC.GetAllocatedBytesForCurrentThread();
        bench.Run(commands);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Has the slave run <paramref name="commands"/> commands.</summary>
    internal void Run(int commands)
    {
        var snapshot = new WireWriter(_types);
        WireSerializer.Default.Write(snapshot, new SimulatedCommand(1));
        for (var first = 0; first < commands; first += ChunkSize)
        {
            var count = Math.Min(ChunkSize, commands - first);
            Say(MasterVerb.Commands, body =>
            {
                body.WriteVarUInt((ulong)count);
                for (var i = 0; i < count; i++)
                {
                    CommandHeader.Write(body, new CommandHeader(first + i + 1, 1, 1, first + i, 0, 0, null));
                    body.WriteVarUInt(0);
                    body.WriteVarUInt((ulong)snapshot.Position);
                    body.WriteBytes(snapshot.WrittenSpan);
                }
            });
            _loop.Step();
        }
    }

    public void Dispose()
    {
        Say(MasterVerb.Exit, static _ => { });
        _loop.Step();
        _capture.Dispose();
        _feed.Dispose();
    }

    private void Say(MasterVerb verb, Action<WireWriter> write)
    {
        _body.Clear();
        write(_body);
        _message.Clear();
        _message.WriteByte((byte)verb);
        _typesTold = _types.WriteDefinitionsSince(_message, _typesTold);
        _message.WriteBytes(_body.WrittenSpan);
        _feed.Put(_message.WrittenSpan);
    }

    private sealed class Feed : Communicator
    {
        private readonly Queue<SimulatedMessage> _waiting = new();
        private readonly Stack<SimulatedMessage> _pool = new();

        public override int Rank => 1;

        public override int Size => 3;

        public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
        {
        }

        public override Arrival Wait(TimeSpan timeout) =>
            _waiting.TryDequeue(out var message) ? new Arrival(ArrivalKind.Message, 0, 1, message) : new Arrival(ArrivalKind.Deadline);

        public override void Wake()
        {
        }

        public override void Dispose()
        {
        }

        internal void Put(ReadOnlySpan<byte> head) => _waiting.Enqueue(SimulatedMessage.Copy(_pool, head, 0));
    }
}
