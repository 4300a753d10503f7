using System;
using System.Collections.Generic;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>A slave's half: it waits for a processor, serves it, and waits for the next one, until the master closes the world or is gone.</summary>
internal sealed class MpiSlaveRole(MpiWorld world) : MpiRole
{
    private static readonly TimeSpan EndingPatience = TimeSpan.FromSeconds(5);

    private readonly Queue<(int Ticket, SlaveOpening Opening)> _openings = new(); // The driving thread's: there is one at a time.
    private readonly SlaveSpreads _spreads = new(world);
    private volatile bool _closing;
    private volatile bool _masterDied;
    private MpiKeeper? _keeper;

    /// <summary>The master takes its leave.</summary>
    internal bool IsClosing => _closing;

    /// <summary>How all ranks end MPI, once the master takes its leave.</summary>
    internal MpiEnding Ending { get; private set; }

    /// <summary>The master is gone.</summary>
    internal bool MasterDied => _masterDied;

    /// <summary>Whom what arrives is for.</summary>
    internal MpiSlaveCommunicator? Serving { get; set; }

    internal override void Begin()
    {
        _keeper = new MpiKeeper(world, null);
        _keeper.Start();
    }

    /// <summary>The next processor to serve, if it has called. Driving thread.</summary>
    internal bool TryNext(out (int Ticket, SlaveOpening Opening) next) => _openings.TryDequeue(out next);

    internal override bool Take(MpiCommunicator by, MpiPeer from, MpiMessage message, out Arrival arrival)
    {
        arrival = new Arrival(ArrivalKind.Deadline);
        var (kind, ticket) = (message.Frame.Kind, message.Frame.Ticket);
        if (kind == MpiFrameKind.Message && Serving is { } serving && ticket == serving.Ticket)
        {
            if (!_spreads.MayPass(message))
            {
                return false;
            }

            arrival = new Arrival(ArrivalKind.Message, 0, 1, message);
            return true;
        }

        using (message)
        {
            switch (kind)
            {
                case MpiFrameKind.Message when message.Frame.Spread != 0:
                    _spreads.Refuse(message.Frame.Spread);
                    return false;
                case MpiFrameKind.Lead or MpiFrameKind.Here or MpiFrameKind.Fetch or MpiFrameKind.Pieces or MpiFrameKind.Done:
                    _spreads.Take(from, kind, message);
                    return false;
                case MpiFrameKind.Open:
                    _openings.Enqueue((ticket, SlaveOpening.Read(message.Buffer.AsSpan(message.Offset, message.Length))));
                    arrival = new Arrival(ArrivalKind.Woken);
                    return true;
                case MpiFrameKind.Drop when Serving?.Ticket == ticket:
                    arrival = new Arrival(ArrivalKind.RankLost, 0, 1, null, new RankLoss("the processor was closed"));
                    return true;
                case MpiFrameKind.Close:
                    Ending = (MpiEnding)ticket;
                    _closing = true;
                    arrival = Serving is { Ticket: > 0 } ? new Arrival(ArrivalKind.RankLost, 0, 1, null, new RankLoss("the master left")) : new Arrival(ArrivalKind.Woken);
                    return true;
                case MpiFrameKind.Die:
                    OwnProcess.ExitAtOnce(0);
                    return false;
                default:
                    return false;
            }
        }
    }

    internal override bool TakeNothing(MpiCommunicator by, out Arrival arrival)
    {
        _spreads.Advance();
        if (_spreads.TryPass(Serving?.Ticket ?? 0) is { } message)
        {
            arrival = new Arrival(ArrivalKind.Message, 0, 1, message);
            return true;
        }

        arrival = new Arrival(ArrivalKind.Deadline);
        return false;
    }

    internal override bool IsPassingData => _spreads.AreMoving;

    internal override void Tend()
    {
        // Nothing of a slave's waits for a time.
    }

    /// <summary>The only rank that a slave watches is the master. Without it there is nothing to do, and nobody to tell. Another that it passed data to or got it from is the master's to see to.</summary>
    internal override void NoteDeath()
    {
        if (!world.Peers[0]!.HasDied)
        {
            return;
        }

        if ((!_closing || !world.Start.IsOurs) && !_masterDied)
        {
            _masterDied = true;
            if (_closing)
            {
                // It may have ended in order, and this process is about to. If not, MPI_Finalize here would wait for it for ever.
                System.Threading.Thread.Sleep(EndingPatience);
            }

            OwnProcess.ExitAtOnce(MpiKeeper.MasterGoneCode);
        }
    }
}
