using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.Tests.Processing;

/// <summary>One incarnation of a slave as the master's loop sees it: understands what it is told and says what the test wants said.</summary>
internal sealed class ScriptedSlave(ScriptedCommunicator master, int rank, int incarnation)
{
    private readonly SentTypes _sent = new();
    private readonly ReceivedTypes _received = new(WireTypePolicy.ForApplication(), "the master");
    private readonly Dictionary<long, CommandHeader> _headers = [];
    private int _typesTold;

    internal int Rank => rank;

    /// <summary>What it was told, a line a message: the verb and what matters of the rest.</summary>
    internal List<string> Told { get; } = [];

    /// <summary>How many types each of those messages defined.</summary>
    internal List<int> Definitions { get; } = [];

    /// <summary>The commands it was handed, in order, as they arrived.</summary>
    internal List<SlaveCommand> Commands { get; } = [];

    internal void Join() => master.Deliver(new Arrival(ArrivalKind.RankJoined, rank, incarnation));

    internal void Lose(string reason, bool fromOutside = false) => master.Deliver(new Arrival(ArrivalKind.RankLost, rank, incarnation, null, new RankLoss(reason) { FromOutside = fromOutside }));

    internal void SayHello(LibraryBuild? build = null) => Say(SlaveVerb.Hello, writer =>
    {
        (build ?? LibraryBuild.Here).Write(writer);
        writer.WriteString($"slave {rank}");
        writer.WriteString("host");
        writer.WriteVarUInt(4711);
    });

    internal void SayGoodbye() => Say(SlaveVerb.Goodbye, _ => { });

    internal void SayWorn() => Say(SlaveVerb.Worn, _ => { });

    /// <summary>Ends a command well.</summary>
    internal void Finish(long id, object? value, int attempt = 0, TimeSpan duration = default) => Say(SlaveVerb.Results, writer =>
    {
        WriteEnd(writer, id, attempt, AttemptEnd.Done, duration);
        var values = new WireWriter(_sent);
        values.WriteVarUInt(0);
        values.WriteBool(true);
        WireSerializer.Default.Write(values, value);
        writer.WriteVarUInt((ulong)values.BlockCount);
        writer.WriteVarUInt((ulong)values.Position);
        writer.WriteBytes(values.WrittenSpan);
        writer.AppendBlocks(values.Blocks);
    });

    internal void Fail(long id, Exception error) => End(id, AttemptEnd.Failed, error);

    internal void End(long id, AttemptEnd end, Exception? error = null) => Say(SlaveVerb.Results, writer =>
    {
        WriteEnd(writer, id, 0, end, default);
        RemoteErrors.Write(writer, error);
    });

    internal void GiveBack(params long[] ids) => Say(SlaveVerb.Returned, writer =>
    {
        writer.WriteBool(true);
        writer.WriteVarUInt((ulong)ids.Length);
        Array.ForEach(ids, id => writer.WriteVarUInt((ulong)id));
    });

    internal void SayStuck(long id, StopReason reason) => Say(SlaveVerb.Stuck, writer =>
    {
        writer.WriteVarUInt((ulong)id);
        writer.WriteVarUInt((ulong)_headers[id].Attempt);
        writer.WriteByte((byte)reason);
    });

    /// <summary>Says anything at all.</summary>
    internal void SayBytes(params byte[] bytes) => master.Deliver(new Arrival(ArrivalKind.Message, rank, incarnation, BufferedMessage.Copy(bytes, [])));

    /// <summary>Takes in one message of the master's.</summary>
    internal void Hear(Message message)
    {
        var reader = new WireReader(_received);
        reader.Reset(message.Buffer, message.Offset, message.Length, message.Blocks);
        var verb = (MasterVerb)reader.ReadByte();
        var known = _received.Count;
        _received.ReadDefinitions(reader);
        Definitions.Add(_received.Count - known);
        Told.Add(verb + verb switch
        {
            MasterVerb.Commands => TakeCommands(reader, message),
            MasterVerb.Cancel => $" {(CancelScope)reader.ReadByte()} {reader.ReadVarUInt()} {(StopReason)reader.ReadByte()}",
            MasterVerb.Recall => $" {reader.ReadVarUInt()}",
            MasterVerb.Data => TakeData(reader),
            _ => string.Empty,
        });
    }

    private static string TakeData(WireReader reader)
    {
        var header = DataHeader.Read(reader);
        return $" {header.Name}@{header.Version}{(header.Present ? $"={WireSerializer.Default.Read(reader)}" : " removed")}, oldest {header.Oldest}";
    }

    private string TakeCommands(WireReader reader, Message message)
    {
        var ids = string.Empty;
        for (var left = reader.ReadVarUInt(); left > 0; left--)
        {
            var header = CommandHeader.Read(reader);
            _headers[header.Id] = header;
            ids += $" {header.Id}" + (header.Attempt > 1 ? $"(attempt {header.Attempt})" : string.Empty);
            reader.ReadVarUInt();
            var length = (int)reader.ReadVarUInt();
            var command = new WireReader(_received);
            command.Reset(message.Buffer, message.Offset + reader.Position, length, message.Blocks);
            Commands.Add((SlaveCommand)WireSerializer.Default.Read(command)!);
            reader.Skip(length);
        }

        return ids;
    }

    private void WriteEnd(WireWriter writer, long id, int attempt, AttemptEnd end, TimeSpan duration)
    {
        writer.WriteVarUInt(1);
        writer.WriteVarUInt((ulong)id);
        writer.WriteVarUInt((ulong)(attempt > 0 ? attempt : _headers[id].Attempt));
        writer.WriteByte((byte)end);
        writer.WriteVarUInt((ulong)(duration.TotalSeconds * System.Diagnostics.Stopwatch.Frequency));
        writer.WriteBool(false);
    }

    private void Say(SlaveVerb verb, Action<WireWriter> write)
    {
        var body = new WireWriter(_sent);
        write(body);
        var whole = new WireWriter(_sent);
        whole.WriteByte((byte)verb);
        _typesTold = _sent.WriteDefinitionsSince(whole, _typesTold);
        whole.WriteBytes(body.WrittenSpan);
        master.Deliver(new Arrival(ArrivalKind.Message, rank, incarnation, BufferedMessage.Copy(whole.WrittenSpan, body.Blocks)));
    }
}
