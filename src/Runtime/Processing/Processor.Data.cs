using System;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>Named values on every rank.</content>
public sealed partial class Processor
{
    private readonly ReceivedTypes _selfTypes;
    private readonly WireReader _self;
    private readonly SlaveDataStore _masterData = new(0);
    private int _selfTypesTold;
    private long _dataVersion;

    /// <summary>The named values on the master: the newest of each.</summary>
    public IDataStore Data => _masterData.At(long.MaxValue);

    /// <summary>Puts a value on every rank, the master included, without running anything queued. Commands queued from now on see it; those queued before see
    /// what was there then, also when they are repeated. Slaves that come later get it first. The value is copied now. From any thread.</summary>
    /// <exception cref="WireTypeException">Something in the value cannot travel.</exception>
    public void SendData<T>(string name, T value)
    {
        ThrowIfUnusable(nameof(SendData));
        ArgumentException.ThrowIfNullOrEmpty(name);
        PutData(name, true, value);
    }

    /// <summary>Removes a value from every rank; commands queued before still see it.</summary>
    public void RemoveData(string name)
    {
        ThrowIfUnusable(nameof(RemoveData));
        ArgumentException.ThrowIfNullOrEmpty(name);
        PutData(name, false, null);
    }

    private void PutData(string name, bool present, object? value)
    {
        lock (_queueGate)
        {
            _snapshots.Clear();
            if (present)
            {
                _serializer.Write(_snapshots, value);
            }

            // The snapshot's arrays are nobody's to change: every rank of a process, the master too, uses the same ones; other fabrics need one copy for each host.
            var snapshot = _snapshots.WrittenSpan.ToArray();
            var blocks = _snapshots.Blocks.ToArray();
            for (var i = 0; i < blocks.Length; i++)
            {
                blocks[i] = blocks[i] with { Ownership = WireBlockOwnership.Published };
            }

            var version = ++_dataVersion;
            _epoch = new DataEpoch(version);
            _masterData.Put(name, version, present, present ? Decode(snapshot, blocks) : null);
            _masterData.ForgetBefore(version);
            var epoch = _epoch;
            _loop.Post(loop => loop.AddData(new DataRecord(name, version, present, snapshot, blocks), epoch));
        }
    }

    private object? Decode(byte[] snapshot, WireBlock[] blocks)
    {
        var definitions = new WireWriter(_types);
        _selfTypesTold = _types.WriteDefinitionsSince(definitions, _selfTypesTold);
        _self.Reset(definitions.WrittenSpan.ToArray(), 0, definitions.Position, WireBlockSource.None);
        _selfTypes.ReadDefinitions(_self);
        _self.Reset(snapshot, 0, snapshot.Length, new SharedBlocks(blocks));
        return _serializer.Read(_self);
    }

    private sealed class SharedBlocks(WireBlock[] blocks) : WireBlockSource
    {
        public override int Count => blocks.Length;

        public override nuint ByteCount(int index) => blocks[index].ByteCount;

        public override Array? TryTake(int index) => blocks[index].Array;

        public override void Fill(int index, Array destination) => Array.Copy(blocks[index].Array, destination, destination.LongLength);
    }
}
