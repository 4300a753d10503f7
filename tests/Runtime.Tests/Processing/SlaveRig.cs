using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using Serilog.Events;

namespace HpcRuntime.Tests.Processing;

/// <summary>A slave's loop on a scripted communicator, stepped by the test, and the master's words for it.</summary>
internal sealed class SlaveRig : IDisposable
{
    private readonly ConsoleCapture _capture = new();
    private readonly SentTypes _sent = new();
    private readonly ReceivedTypes _received = new(WireTypePolicy.ForApplication(), "rank 1");
    private readonly ScriptedCommunicator _communicator = new(1, 3);
    private readonly SlaveLoop _loop;
    private int _typesTold;

    internal SlaveRig() => _loop = new SlaveLoop(new RankSetting(_communicator, _capture), WireSerializer.Default, WireTypePolicy.ForApplication());

    /// <summary>What the slave said, a line a message.</summary>
    internal List<string> Said { get; } = [];

    internal long Version { get; set; }

    /// <summary>A slave that has said hello and been welcomed; what it said so far is forgotten.</summary>
    internal static SlaveRig Welcomed(bool each = false, long maxOutput = long.MaxValue, params ISlaveStartup[] startups)
    {
        var rig = new SlaveRig();
        rig.Say(MasterVerb.Welcome, writer =>
        {
            new SlaveSettings(3, 77, maxOutput, TimeSpan.FromSeconds(2), each, LogEventLevel.Warning).Write(writer, []);
            writer.WriteVarUInt((ulong)startups.Length);
            Array.ForEach(startups, startup => WireSerializer.Default.Write(writer, startup));
        });
        rig.Step();
        rig.Said.Clear();
        return rig;
    }

    /// <summary>Hands it commands, in one message, numbered from <paramref name="first"/>.</summary>
    internal void Give(long first, params SlaveCommand[] commands) => Say(MasterVerb.Commands, writer =>
    {
        writer.WriteVarUInt((ulong)commands.Length);
        for (var i = 0; i < commands.Length; i++)
        {
            var snapshot = new WireWriter(_sent);
            WireSerializer.Default.Write(snapshot, commands[i]);
            WriteCommand(writer, first + i, snapshot.WrittenSpan);
        }
    });

    /// <summary>Hands it bytes that are no command.</summary>
    internal void GiveGarbage(long id) => Say(MasterVerb.Commands, writer =>
    {
        writer.WriteVarUInt(1);
        WriteCommand(writer, id, [250, 251, 252]);
    });

    internal void Cancel(CancelScope scope, long number) => Say(MasterVerb.Cancel, writer =>
    {
        writer.WriteByte((byte)scope);
        writer.WriteVarUInt((ulong)number);
        writer.WriteByte((byte)StopReason.Cancelled);
    });

    internal void Recall(int most) => Say(MasterVerb.Recall, writer => writer.WriteVarUInt((ulong)most));

    internal void Data(string name, long version, object value, long oldest = 0) => Say(MasterVerb.Data, writer =>
    {
        DataHeader.Write(writer, new DataHeader(name, version, oldest, Present: true));
        WireSerializer.Default.Write(writer, value);
    });

    internal void Exit() => Say(MasterVerb.Exit, _ => { });

    internal void LoseMaster() => _communicator.Deliver(new Arrival(ArrivalKind.RankLost, 0, 1, null, new RankLoss("gone")));

    internal void SayBytes(params byte[] bytes) => _communicator.Deliver(new Arrival(ArrivalKind.Message, 0, 1, BufferedMessage.Copy(bytes, [])));

    /// <summary>One turn; false once the loop has ended.</summary>
    internal bool Step()
    {
        var goesOn = _loop.Step();
        SlaveWatchdog.Unregister(_loop); // The first step registers it; looked after, it would ship early what the tests expect together.
        while (_communicator.Sent.TryDequeue(out var sent))
        {
            Said.Add(Hear(sent.Message));
        }

        return goesOn;
    }

    public void Dispose()
    {
        LoseMaster();
        _loop.Step();
        _capture.Dispose();
    }

    private string Hear(Message message)
    {
        var reader = new WireReader(_received);
        reader.Reset(message.Buffer, message.Offset, message.Length, message.Blocks);
        var verb = (SlaveVerb)reader.ReadByte();
        _received.ReadDefinitions(reader);
        return verb + verb switch
        {
            SlaveVerb.Results => TakeResults(reader, message),
            SlaveVerb.Returned => TakeReturned(reader),
            SlaveVerb.Log => $" {SlaveLogLine.Read(reader).Text}",
            _ => string.Empty,
        };
    }

    private static string TakeReturned(WireReader reader)
    {
        reader.ReadBool();
        var ids = string.Empty;
        for (var left = reader.ReadVarUInt(); left > 0; left--)
        {
            ids += $" {reader.ReadVarUInt()}";
        }

        return ids;
    }

    private string TakeResults(WireReader reader, Message message)
    {
        var text = string.Empty;
        for (var left = reader.ReadVarUInt(); left > 0; left--)
        {
            var (id, _, end, _) = (reader.ReadVarUInt(), reader.ReadVarUInt(), (AttemptEnd)reader.ReadByte(), reader.ReadVarUInt());
            var output = string.Empty;
            if (reader.ReadBool())
            {
                var cut = OutputWire.Read(reader, (stream, bytes) => output += $"{stream}:{System.Text.Encoding.UTF8.GetString(bytes).TrimEnd()}");
                output = $" [{output}{(cut ? " cut" : string.Empty)}]";
            }

            text += $" {id}{(end == AttemptEnd.Done ? $"={TakeValue(reader, message)}" : $" {end} {string.Join(" <- ", RemoteErrors.Read(reader).ConvertAll(link => link.Message))}".TrimEnd())}{output}";
        }

        return text;
    }

    private object? TakeValue(WireReader reader, Message message)
    {
        reader.ReadVarUInt();
        var length = (int)reader.ReadVarUInt();
        var values = new WireReader(_received);
        values.Reset(message.Buffer, message.Offset + reader.Position, length, message.Blocks);
        reader.Skip(length);
        values.ReadVarUInt();
        return values.ReadBool() ? WireSerializer.Default.Read(values) : "nothing";
    }

    private void WriteCommand(WireWriter writer, long id, ReadOnlySpan<byte> snapshot)
    {
        CommandHeader.Write(writer, new CommandHeader(id, 1, 1, id - 1, Version, 0, null));
        writer.WriteVarUInt(0);
        writer.WriteVarUInt((ulong)snapshot.Length);
        writer.WriteBytes(snapshot);
    }

    private void Say(MasterVerb verb, Action<WireWriter> write)
    {
        var body = new WireWriter(_sent);
        write(body);
        var whole = new WireWriter(_sent);
        whole.WriteByte((byte)verb);
        _typesTold = _sent.WriteDefinitionsSince(whole, _typesTold);
        whole.WriteBytes(body.WrittenSpan);
        _communicator.Deliver(new Arrival(ArrivalKind.Message, 0, 1, BufferedMessage.Copy(whole.WrittenSpan, body.Blocks)));
    }
}
