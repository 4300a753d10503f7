using System;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>What running commands and the master say to each other.</content>
internal sealed partial class MasterLoop
{
    /// <summary>Takes what a running command said.</summary>
    internal Action<CommandEntry, CommandWord>? Heard { get; set; }

    /// <summary>Told the rank of a slave that is gone. By whoever drives.</summary>
    internal Action<int>? SlaveLeft { get; set; }

    /// <summary>Says something to a command, if it still runs in the attempt that was meant. By whoever drives.</summary>
    internal void Tell(CommandEntry entry, int attempt, byte[] word, WireBlock[] blocks)
    {
        if (entry.Status != CommandStatus.Sent || entry.Attempts != attempt || !_seats.TryGetValue(entry.Rank, out var seat) || !seat.IsAlive)
        {
            return;
        }

        _body.Clear();
        _body.WriteVarUInt((ulong)entry.Id);
        _body.WriteVarUInt((ulong)attempt);
        _body.WriteVarUInt((ulong)word.Length);
        _body.WriteBytes(word);
        _body.AppendBlocks(blocks);
        Send(seat, MasterVerb.Word, _body);
    }

    /// <summary>Takes what a command says whose slave runs in line: the thread that drives is inside that slave.</summary>
    internal void TakeInLineWord(int rank, long id, CommandWord word)
    {
        if (_seats.TryGetValue(rank, out var seat) && seat.Find(id) is { HasEnded: false } entry)
        {
            Heard?.Invoke(entry, word);
        }
    }

    private void TakeWord(SlaveSeat seat, WireReader reader, Message message)
    {
        var id = (long)reader.ReadVarUInt();
        var attempt = (int)reader.ReadVarUInt();
        var length = checked((int)reader.ReadVarUInt());
        var start = message.Offset + reader.Position;
        reader.Skip(length);
        if (seat.Find(id) is not { HasEnded: false } entry || entry.Attempts != attempt)
        {
            return; // A command that was given up meanwhile.
        }

        seat.ValueReader!.Reset(message.Buffer, start, length, message.Blocks);
        var word = _serializer.Read(seat.ValueReader) as CommandWord ?? throw new WireFormatException($"command {id} said something that is no word");
        Heard?.Invoke(entry, word);
    }
}
