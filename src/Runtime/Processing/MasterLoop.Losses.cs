using System;
using System.Text;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;

namespace HpcRuntime.Processing;

/// <content>Slaves that are lost, and what becomes of their commands.</content>
internal sealed partial class MasterLoop
{
    private const int MostLastOutput = 4096;

    private string _lastLoss = string.Empty;                       // Such as "; the last one lost, node7-pid4711-t1, killed by SIGKILL".
    private LastOutput _lastLossOutput = LastOutput.None;          // What that slave printed beside commands.
    private (byte[] Out, byte[] Error) _lastStillbornOutput = ([], []); // What the last slave that did not come up printed.

    /// <summary>A slave is gone: the command it was running is charged with an attempt, the others are simply handed out again.</summary>
    private void Lose(SlaveSeat seat, RankLoss loss, bool charge, bool? willReturn = null)
    {
        AliveSlaves--;
        LostSlaves++;
        var stays = seat.State != SeatState.Leaving || seat.IsRenewed;
        var cameUp = seat.State != SeatState.Joining;
        var ending = seat.Ending;
        var replace = _traits.ReplacesSlaves && !IsClosing && stays;
        seat.WillReturn = willReturn ?? replace;
        seat.Leave();
        ObserveLeave(seat, loss.Description);
        _lastLoss = $"; the last one lost, {seat.Name}, {loss.Description}";
        _log.Warning("Slave {Slave} ({Name}) is lost: {Reason}", seat.Rank, seat.Name, loss.Description);
        var running = ending is { } stuck
            ? seat.Find(stuck.Entry.Id)
            : charge ? loss.RunningCommand is { } id ? seat.Find(id) : seat.InFlight.Count > 0 ? seat.InFlight[0] : null : null;
        TakeLastOutput(seat, running, loss, cameUp);
        seat.WillReturn = willReturn ?? (_fabric.End(seat.Rank, replace) && replace);
        RequeueHeld(seat, running);
        if (running is not null)
        {
            seat.AttemptsCut++;
            EndRunning(running, seat, loss, ending);
            ObserveCut(seat, running);
        }

        if (!seat.WillReturn)
        {
            GiveUpWithoutSlave(seat);
        }
    }

    private void RequeueHeld(SlaveSeat seat, CommandEntry? running)
    {
        // Put back from the last to the first, each before the others: the queue keeps its order.
        while (seat.InFlight.Count > 0)
        {
            var held = seat.InFlight.RemoveLast();
            if (held != running)
            {
                Requeue(held);
            }
        }
    }

    /// <summary>What becomes of the command that a lost slave was running.</summary>
    private void EndRunning(CommandEntry entry, SlaveSeat seat, RankLoss loss, SeatEnding? ending)
    {
        if (ending is { } stuck)
        {
            EndStuck(seat, stuck, loss);
        }
        else if (loss.CommandFailed)
        {
            End(entry, CommandStatus.Sent, CommandStatus.Failed, SlaveError(seat, entry, [new RemoteError(typeof(ResourceLimitException).FullName!, loss.Description, string.Empty)]));
        }
        else
        {
            ChargeLoss(entry, seat, loss);
        }
    }

    /// <summary>What a slave had written when it died, to the command that wrote it.</summary>
    private void TakeLastOutput(SlaveSeat seat, CommandEntry? running, RankLoss loss, bool cameUp)
    {
        _lastLossOutput = running is null ? new LastOutput(Tail(loss.Out.Span), Tail(loss.Error.Span)) : LastOutput.None;
        if (!cameUp && IsToldAlready(loss))
        {
            return; // One slave after the other fails to come up in the same words: once is enough.
        }

        _outputOf = running;
        _outputFrom = seat;
        TakeOutput(OutputStream.Out, WithinLimit(loss.Out.Span, running?.Output.OutLength - running?.PrintedBefore.Out));
        TakeOutput(OutputStream.Error, WithinLimit(loss.Error.Span, running?.Output.ErrorLength - running?.PrintedBefore.Error));
        if (running is not null)
        {
            _display.EndOf(running);
        }
    }

    /// <summary>A command may print so much in one attempt and no more; how it ended makes no difference.</summary>
    private ReadOnlySpan<byte> WithinLimit(ReadOnlySpan<byte> output, long? printed) =>
        output[..(int)Math.Clamp(_options.MaxOutput - (printed ?? 0), 0, output.Length)];

    private bool IsToldAlready(RankLoss loss)
    {
        if (loss.Out.Span.SequenceEqual(_lastStillbornOutput.Out) && loss.Error.Span.SequenceEqual(_lastStillbornOutput.Error))
        {
            return true;
        }

        _lastStillbornOutput = (loss.Out.ToArray(), loss.Error.ToArray());
        return false;
    }

    private static string Tail(ReadOnlySpan<byte> output) => Encoding.UTF8.GetString(output[Math.Max(0, output.Length - MostLastOutput)..]);

    private static LastOutput LastOutputOf(CommandEntry entry) => entry.Output.Last(entry.PrintedBefore.Out, entry.PrintedBefore.Error);

    private void ChargeLoss(CommandEntry entry, SlaveSeat seat, RankLoss loss)
    {
        entry.LostAttempts.Add(new LostAttempt(entry.Attempts, seat.Rank, seat.Name, loss.Description) { LastOutput = LastOutputOf(entry) });
        entry.PrintedBefore = (entry.Output.OutLength, entry.Output.ErrorLength);
        var allowed = entry.Options?.MaxAttempts ?? _options.MaxAttempts;
        if (entry.LostCount >= allowed)
        {
            EndLost(entry, CommandStatus.Sent, $"its slave was lost in every one of {entry.LostCount} attempts");
        }
        else if (!seat.WillReturn && AliveSlaves == 1 && !(loss.FromOutside && entry.LostCount == 1))
        {
            // The last slave is not put at risk for a command that may take it too; one that lost its first slave to somebody else's doing gets one try.
            EndLost(entry, CommandStatus.Sent, "its slave was lost, and it is not tried again on the last slave left, which cannot be replaced");
        }
        else
        {
            _retried++;
            Telemetry.Repeated();
            Requeue(entry);
        }
    }

    private void GiveUpWithoutSlave(SlaveSeat seat)
    {
        while (seat.Pinned.TryDequeue(out var pinned))
        {
            EndLost(pinned, CommandStatus.Queued, RankIsGone(seat.Rank), _lastLossOutput);
        }

        if (AnySlaveToCome)
        {
            return;
        }

        foreach (var entry in _queue.TakeAll(null))
        {
            EndLost(entry, CommandStatus.Queued, NoSlaveLeft(), _lastLossOutput);
        }

        while (_staticChunks.TryDequeue(out var chunk))
        {
            Array.ForEach(chunk, entry => EndLost(entry, CommandStatus.Queued, NoSlaveLeft(), _lastLossOutput));
        }
    }

    private void EndLost(CommandEntry entry, CommandStatus from, string summary, LastOutput? slaveOutput = null) =>
        End(entry, from, CommandStatus.Lost, new SlaveLostException(entry, summary, entry.LostAttempts, slaveOutput));

    private string NoSlaveLeft() => "no slave is left to run it" + _lastLoss;

    private string RankIsGone(int rank) => $"rank {rank} is gone{_lastLoss}";
}
