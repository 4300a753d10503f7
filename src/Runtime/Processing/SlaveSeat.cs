using System;
using System.Collections.Generic;
using System.Diagnostics;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>How a seat stands.</summary>
internal enum SeatState
{
    /// <summary>Nobody holds it.</summary>
    Vacant,

    /// <summary>A slave is coming up and has not said hello.</summary>
    Joining,

    /// <summary>Takes commands.</summary>
    Ready,

    /// <summary>Finishes what it has, then leaves.</summary>
    Leaving,
}

/// <summary>What the master knows of one slave's seat. Driven by the holder of the baton.</summary>
internal sealed class SlaveSeat
{
    private readonly TimeProvider _clock;
    private readonly SeatCensus _census;
    private SeatState _state;
    private bool _willReturn;
    private bool _isRenewed;
    private volatile bool _stays;
    private bool _isSilent;
    private bool _isIdle;
    private bool _holdsBack;
    private long _idleTicks;
    private long _idleSince;

    internal SlaveSeat(int rank, TimeProvider clock, SeatCensus census)
    {
        Rank = rank;
        _clock = clock;
        _census = census;
        InFlight = new CommandsInFlight(Count);
        LastActivity = clock.GetTimestamp();
    }

    internal int Rank { get; }

    internal int Incarnation { get; private set; }

    internal SeatState State
    {
        get => _state;
        set
        {
            _state = value;
            Count();
            NoteStay();
        }
    }

    internal string Name { get; set; } = string.Empty;

    internal string Host { get; set; } = string.Empty;

    internal int ProcessId { get; set; }

    /// <summary>Commands handed to the slave that have not ended, in the order they were sent.</summary>
    internal CommandsInFlight InFlight { get; }

    /// <summary>Commands that only this seat may run.</summary>
    internal Queue<CommandEntry> Pinned { get; } = [];

    /// <summary>The types that the present holder has defined; it and the readers are null before one joined.</summary>
    internal ReceivedTypes? Types { get; private set; }

    internal WireReader? Reader { get; private set; }

    internal WireReader? ValueReader { get; private set; }

    /// <summary>Type definitions that the slave has had.</summary>
    internal int TypesTold { get; set; }

    /// <summary>The newest data version that the slave has had.</summary>
    internal long DataTold { get; set; }

    /// <summary>Whether the fabric gives this vacant seat another holder, which has not joined yet.</summary>
    internal bool WillReturn
    {
        get => _willReturn;
        set
        {
            _willReturn = value;
            NoteStay();
        }
    }

    internal bool RecallPending => RecallsPending > 0;

    /// <summary>Questions for work that the slave has not answered yet.</summary>
    internal int RecallsPending { get; set; }

    /// <summary>When work was last asked back, in Stopwatch ticks.</summary>
    internal long RecalledAt { get; set; }

    /// <summary>The slave did not answer and its work was taken back: it is given nothing until it has answered all that it was asked, and so holds none of that any more.</summary>
    internal bool IsSilent
    {
        get => _isSilent;
        set
        {
            _isSilent = value;
            Count();
        }
    }

    /// <summary>Whether it could take a command and has none.</summary>
    internal bool IsIdle => _isIdle;

    /// <summary>The holder leaves for a successor that the fabric gives the seat.</summary>
    internal bool IsRenewed
    {
        get => _isRenewed;
        set
        {
            _isRenewed = value;
            NoteStay();
        }
    }

    /// <summary>The command with which the slave is being ended; null while it is not.</summary>
    internal SeatEnding? Ending { get; set; }

    /// <summary>The last command that was asked to stop while it was the first here.</summary>
    internal SeatStop? StopAsked { get; set; }

    /// <summary>When results last came, in Stopwatch ticks.</summary>
    internal long ResultsAt { get; set; }

    /// <summary>Whether its present holder has come up.</summary>
    internal bool HasSaidHello { get; set; }

    /// <summary>Up to when observers have been told what its holder did.</summary>
    internal long ObservedUntil { get; set; }

    /// <summary>When something last came from or went to this slave.</summary>
    internal long LastActivity { get; set; }

    internal long Commands { get; set; }

    /// <summary>Executions that ended with the loss of the holder.</summary>
    internal long AttemptsCut { get; set; }

    /// <summary>Holders that came up in this seat.</summary>
    internal int Holders { get; set; }

    internal long BusyTicks { get; set; }

    internal long BytesSent { get; set; }

    internal long BytesReceived { get; set; }

    internal long Messages { get; set; }

    internal long QueueWaitTicks { get; set; }

    internal bool IsAlive => State != SeatState.Vacant;

    /// <summary>Whether the seat has a holder that stays, or gets another. From any thread: whoever drives gives it a new reason to stay before it takes the old one away.</summary>
    internal bool Stays => _stays;

    /// <summary>Whether nothing is due from it: it waits for a command, or nobody holds it or will.</summary>
    internal bool IsQuiet => State == SeatState.Vacant ? !WillReturn : IsIdle && Pinned.Count == 0 && RecallsPending == 0 && Ending is null && !IsRenewed;

    /// <summary>Gives the seat to a new incarnation. What the old one held must have been taken out before.</summary>
    internal void Join(int incarnation, WireTypePolicy policy)
    {
        Incarnation = incarnation;
        State = SeatState.Joining;
        WillReturn = false;
        Name = $"rank {Rank}";
        TypesTold = 0;
        DataTold = 0;
        RecallsPending = 0;
        IsSilent = false;
        HasSaidHello = false;
        ObservedUntil = 0;
        Types = new ReceivedTypes(policy, $"rank {Rank}");
        Reader = new WireReader(Types);
        ValueReader = new WireReader(Types);
        _idleSince = _clock.GetTimestamp();
    }

    internal void Leave()
    {
        State = SeatState.Vacant;
        IsRenewed = false;
        Ending = null;
        StopAsked = null;
        MarkBusy(_clock.GetTimestamp());
        Left?.Invoke(Rank);
    }

    /// <summary>Told the rank when its holder has gone, for whatever that held beside its commands.</summary>
    internal Action<int>? Left { get; init; }

    /// <summary>The seat has no command from now on.</summary>
    internal void MarkIdle(long now) => _idleSince = _idleSince == 0 ? now : _idleSince;

    internal void MarkBusy(long now)
    {
        if (_idleSince != 0)
        {
            _idleTicks += now - _idleSince;
            _idleSince = 0;
        }
    }

    /// <summary>The command with this id and attempt among those in flight, taken out; null when it is not there. Results come nearly always in order.</summary>
    internal CommandEntry? TakeInFlight(long id, int attempt)
    {
        for (var i = 0; i < InFlight.Count; i++)
        {
            if (InFlight[i].Id == id)
            {
                return InFlight[i].Attempts == attempt ? InFlight.RemoveAt(i) : null;
            }
        }

        return null;
    }

    /// <summary>The command with this id among those in flight, left there; null when it is not there.</summary>
    internal CommandEntry? Find(long id)
    {
        for (var i = 0; i < InFlight.Count; i++)
        {
            if (InFlight[i].Id == id)
            {
                return InFlight[i];
            }
        }

        return null;
    }

    internal SlaveStatistics Snapshot()
    {
        static TimeSpan Span(long ticks) => TimeSpan.FromSeconds((double)ticks / Stopwatch.Frequency);
        var idle = _idleTicks + (_idleSince == 0 ? 0 : _clock.GetTimestamp() - _idleSince);
        return new SlaveStatistics(Rank, Name, Commands, Span(BusyTicks), Span(idle), BytesSent, BytesReceived, Messages, Commands == 0 ? TimeSpan.Zero : Span(QueueWaitTicks / Commands), IsAlive)
        {
            Attempts = Commands + AttemptsCut,
            Restarts = Math.Max(0, Holders - 1),
            Running = InFlight.Count,
        };
    }

    private void NoteStay() => _stays = _state is SeatState.Ready or SeatState.Joining || _willReturn || _isRenewed;

    private void Count()
    {
        var isIdle = _state == SeatState.Ready && !_isSilent && InFlight.Count == 0;
        var holdsBack = InFlight.Count > 1;
        if (isIdle != _isIdle || holdsBack != _holdsBack)
        {
            _census.Move(_isIdle, isIdle, _holdsBack, holdsBack);
            (_isIdle, _holdsBack) = (isIdle, holdsBack);
        }
    }
}
