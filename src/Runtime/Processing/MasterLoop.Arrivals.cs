using System;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>What arrives from slaves, and slaves that arrive.</content>
internal sealed partial class MasterLoop
{
    private void Handle(in Arrival arrival)
    {
        switch (arrival.Kind)
        {
            case ArrivalKind.Message:
                using (arrival.Message)
                {
                    HandleMessage(arrival);
                }

                break;
            case ArrivalKind.RankJoined:
                Join(arrival.Rank, arrival.Incarnation);
                break;
            case ArrivalKind.RankLost:
                if (_seats.TryGetValue(arrival.Rank, out var seat) && seat.Incarnation == arrival.Incarnation && seat.IsAlive)
                {
                    Lose(seat, arrival.Loss ?? new RankLoss("gone without a word"), charge: true);
                }

                break;
            default:
                break; // Woken: what was posted is run by the caller.
        }
    }

    private void HandleMessage(in Arrival arrival)
    {
        if (!_seats.TryGetValue(arrival.Rank, out var seat) || seat.Incarnation != arrival.Incarnation || !seat.IsAlive)
        {
            return; // From an incarnation that was given up: whatever it says, its commands are others' by now.
        }

        var message = arrival.Message!;
        seat.Messages++;
        seat.BytesReceived += message.Length;
        var before = seat.BytesReceived - message.Length;
        for (var i = 0; i < message.Blocks.Count; i++)
        {
            seat.BytesReceived += (long)message.Blocks.ByteCount(i);
        }

        Telemetry.Received(seat.BytesReceived - before);

        try
        {
            var reader = seat.Reader!;
            reader.Reset(message.Buffer, message.Offset, message.Length, message.Blocks);
            var verb = (SlaveVerb)reader.ReadByte();
            seat.Types!.ReadDefinitions(reader);
            HandleVerb(seat, verb, reader, message);
        }
        catch (WireFormatException malformed)
        {
            // What this slave says can no longer be trusted; its commands are repeated elsewhere.
            _log.Error(malformed, "Rank {Slave} sent a message that does not decode; the slave is given up", seat.Rank);
            Lose(seat, new RankLoss($"sent a message that does not decode: {malformed.Message}"), charge: true);
        }
    }

    private void HandleVerb(SlaveSeat seat, SlaveVerb verb, WireReader reader, Message message)
    {
        switch (verb)
        {
            case SlaveVerb.Hello:
                var build = LibraryBuild.Read(reader);
                seat.Name = reader.ReadString() ?? seat.Name;
                seat.Host = reader.ReadString() ?? string.Empty;
                seat.ProcessId = (int)reader.ReadVarUInt();
                if (build.WhyNot(seat.Host) is { } reason)
                {
                    Lose(seat, new RankLoss(reason), charge: false);
                    return;
                }

                seat.HasSaidHello = true;
                seat.Holders++;
                ObserveJoin(seat);
                Welcome(seat);
                break;
            case SlaveVerb.Results:
                TakeResults(seat, reader, message);
                RunInbox(); // What was submitted before this came may have to go first.
                Refill(seat);
                break;
            case SlaveVerb.Output:
                TakeLiveOutput(seat, reader);
                break;
            case SlaveVerb.Returned:
                TakeReturned(seat, reader);
                break;
            case SlaveVerb.Stuck:
                TakeStuck(seat, (long)reader.ReadVarUInt(), (int)reader.ReadVarUInt(), (StopReason)reader.ReadByte());
                break;
            case SlaveVerb.Log:
                var line = SlaveLogLine.Read(reader);
                _log.ForContext("Rank", seat.Rank).ForContext("Host", seat.Host).ForContext("Pid", seat.ProcessId)
                    .Write(line.Level, "{SlaveMessage:l}{SlaveError:l}", line.Text, line.Error is null ? string.Empty : "\n" + line.Error);
                break;
            case SlaveVerb.Goodbye:
                TakeGoodbye(seat);
                break;
            case SlaveVerb.Worn:
                Renew(seat);
                break;
            case SlaveVerb.Word:
                TakeWord(seat, reader, message);
                break;
            default:
                throw new WireFormatException($"unknown kind of message {(int)verb}");
        }
    }

    private void Join(int rank, int incarnation)
    {
        if (!_seats.TryGetValue(rank, out var seat))
        {
            lock (_seats)
            {
                _seats.Add(rank, seat = new SlaveSeat(rank, _clock, _census) { Left = left => SlaveLeft?.Invoke(left) }); // Statistics are read from any thread; their figures may be a moment old.
            }
        }
        else if (incarnation <= seat.Incarnation)
        {
            return;
        }

        if (seat.IsAlive)
        {
            Lose(seat, new RankLoss("was replaced"), charge: false, willReturn: true);
        }

        seat.Join(incarnation, _policy);
        AliveSlaves++;
        _display.SetLargestRank(_communicator.Size - 1);
    }

    private void Welcome(SlaveSeat seat)
    {
        var level = Array.Find([Serilog.Events.LogEventLevel.Verbose, Serilog.Events.LogEventLevel.Debug, Serilog.Events.LogEventLevel.Information, Serilog.Events.LogEventLevel.Warning, Serilog.Events.LogEventLevel.Error], _log.IsEnabled);
        _body.Clear();
        SlaveSettings.From(_options, _communicator.Size, Grace, level).Write(_body, _traits.SharedMemory ? [] : _policy.AnnounceableAssemblies());
        _body.WriteVarUInt((ulong)_options.Startups.Count);
        _body.WriteBytes(_startups);
        _body.AppendBlocks(_startupBlocks);
        Send(seat, MasterVerb.Welcome, _body);
        seat.State = seat.State == SeatState.Joining ? SeatState.Ready : seat.State;
        if (IsClosing)
        {
            Dismiss(seat);
            return;
        }

        Refill(seat);
    }
}
