using System.Collections.Generic;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>Named values on every rank: each goes to each slave once, before the first command that can see it.</content>
internal sealed partial class MasterLoop
{
    private readonly List<DataRecord> _data = [];
    private readonly Queue<DataEpoch> _epochs = [];

    /// <summary>Takes a new version of a value, or its removal, and sends it to the slaves that are up.</summary>
    internal void AddData(DataRecord record, DataEpoch epoch)
    {
        _data.Add(record);
        _epochs.Enqueue(epoch);
        DropData();
        foreach (var seat in _seats.Values)
        {
            if (seat.State is SeatState.Ready or SeatState.Leaving)
            {
                TellEach(seat);
            }
        }
    }

    /// <summary>Sends what this slave has not had. A slave that joined late gets every version that some command may still see.</summary>
    private void TellData(SlaveSeat seat)
    {
        if (_data.Count == 0 || seat.DataTold >= _data[^1].Version)
        {
            return;
        }

        DropData(); // What nobody can see any more by now.
        TellEach(seat);
    }

    private void TellEach(SlaveSeat seat)
    {
        foreach (var record in _data)
        {
            if (record.Version <= seat.DataTold)
            {
                continue;
            }

            _body.Clear();
            DataHeader.Write(_body, new DataHeader(record.Name, record.Version, _epochs.Peek().Version, record.Present));
            if (record.Present)
            {
                _body.WriteBytes(record.Snapshot);
                _body.AppendBlocks(record.Blocks);
            }

            Send(seat, MasterVerb.Data, _body);
            seat.DataTold = record.Version;
        }
    }

    /// <summary>Drops versions that were replaced before the oldest epoch that still has commands, and removals of which all slaves know; that epoch becomes the first.</summary>
    private void DropData()
    {
        while (_epochs.Count > 1 && _epochs.Peek().IsUnused)
        {
            _epochs.Dequeue();
        }

        var oldest = _epochs.Peek().Version;
        var newest = new Dictionary<string, long>();
        foreach (var record in _data)
        {
            if (record.Version <= oldest)
            {
                newest[record.Name] = record.Version;
            }
        }

        var last = _data[^1].Version;
        _data.RemoveAll(record => record.Version < (newest.TryGetValue(record.Name, out var version) ? version : 0) || (!record.Present && record.Version <= oldest && record.Version < last));
    }
}

/// <summary>One version of a named value as the master keeps it for slaves that come later.</summary>
internal sealed record DataRecord(string Name, long Version, bool Present, byte[] Snapshot, WireBlock[] Blocks);
