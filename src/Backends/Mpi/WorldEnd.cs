using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Backends.Mpi.Transport;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi;

/// <summary>How a rank ends MPI, as the master says to all.</summary>
internal enum MpiEnding
{
    /// <summary>Not at all: the process just ends.</summary>
    None,

    /// <summary>By MPI_Finalize, with all others.</summary>
    Finalize,

    /// <summary>By a word to the process manager, past a library in which MPI_Finalize may hang.</summary>
    ProcessManager,
}

/// <summary>How a world ends. In order: every slave is told, says that it leaves, and all end MPI together. After a loss nobody may wait for all:
/// each leaves by itself, and the process ends without MPI_Finalize, which would wait for the dead.</summary>
internal static class WorldEnd
{
    private static readonly TimeSpan SettlingPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeavingPatience = TimeSpan.FromSeconds(3);

    // With slaves that are seen to be in no command, and are only slow. Those that have left wait in MPI_Finalize meanwhile, for FinalizePatience at most.
    private static readonly TimeSpan IdleSettlingPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdleLeavingPatience = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan FinalizePatience = TimeSpan.FromSeconds(10);
    private static int _armed;
    private static int _closed;
    private static MpiEnding _ending; // What all were told.

    /// <summary>Has the world end with the process. Master.</summary>
    internal static void Arm(MpiWorld world)
    {
        if (Interlocked.Exchange(ref _armed, 1) == 0)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => AtExit(world);
        }
    }

    /// <summary>Sends all slaves home; once. Says how MPI ends, if every one of them left in order.</summary>
    internal static MpiEnding Close(MpiWorld world)
    {
        var role = (MpiMasterRole)world.Role;
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return role.IsBroken ? MpiEnding.None : _ending;
        }

        // Whether all will end MPI together is decided before the first is told: who is told that they will must not wait for one that does not.
        var slaves = world.Peers.OfType<MpiPeer>().Where(peer => peer.State is PeerState.Free or PeerState.Busy).ToList();
        var wanted = EndingOf(world);
        _ending = wanted != MpiEnding.None && !role.IsBroken && Settle(world, role, slaves) && role.Spreads.Close() ? wanted : MpiEnding.None;
        slaves.ForEach(peer => world.Send(peer, MpiFrameKind.Close, (int)_ending, default, default));
        LookWhile(role.Attach(), slaves, peer => peer.State is PeerState.Free or PeerState.Busy, peer => IsOnlySlow(world, peer) ? IdleLeavingPatience : LeavingPatience);
        foreach (var peer in slaves.Where(peer => peer.State is PeerState.Free or PeerState.Busy))
        {
            if (!world.Settings.SurvivesLoss && world.Start.IsOurs && Environment.ExitCode == 0)
            {
                // To end it makes some launchers say failure, and some not.
                GiveUp(world, $"{peer.Described} {(peer.State == PeerState.Busy ? "is still in its command" : "does not leave")} at the end of the program, and is ended");
            }

            world.Send(peer, MpiFrameKind.Die, 0, default, default);
            peer.Process?.Signal(Signals.Kill);
            _ending = MpiEnding.None;
        }

        world.FallSilent();
        world.Flush(TimeSpan.FromMilliseconds(200));
        if (_ending == MpiEnding.Finalize || !world.Start.IsOurs)
        {
            world.Receiver.Close(); // Before MPI is ended, by whomever.
        }

        return _ending;
    }

    /// <summary>The job cannot go on: says so and ends all ranks.</summary>
    internal static void GiveUp(MpiWorld world, string what)
    {
        Console.Out.Flush();
        Console.Error.WriteLine($"error: {what}; this job, started by a plain mpiexec, cannot go on without it.");
        Console.Error.Flush();
        Descriptors.FlushNativeStreams();
        _ = MpiCalls.Abort(world.Abi.CommWorld, MpiKeeper.MasterGoneCode);
        OwnProcess.ExitAtOnce(MpiKeeper.MasterGoneCode);
    }

    /// <summary>Ends MPI as agreed, where that is ours to do. The process, which is ending, then ends without the library, whose own end would wait for others; but not before the handlers of the application have run.</summary>
    /// <param name="world">The world of which this is a rank.</param>
    /// <param name="ending">What all were told.</param>
    /// <param name="code">The exit code where the process has to end here.</param>
    internal static void End(MpiWorld world, MpiEnding ending, int code)
    {
        if (ending == MpiEnding.Finalize)
        {
            FinalizeInTime(code);
            return;
        }

        if (ending == MpiEnding.ProcessManager)
        {
            PmiConnection.Finish(world.Settings.Environment);
        }

        if (!OwnProcess.SkipLibrariesAtExit())
        {
            LeaveAtOnce(code);
        }
    }

    /// <summary>Ends MPI with the others; ends the process when they do not come.</summary>
    private static void FinalizeInTime(int code)
    {
        using var done = new ManualResetEventSlim();
        var guard = new System.Threading.Thread(() =>
        {
            if (!done.Wait(FinalizePatience))
            {
                LeaveAtOnce(code);
            }
        })
        { IsBackground = true, Name = "HpcRuntime mpi end" };
        guard.Start();
        if (!MpiEnvironment.Finalized)
        {
            _ = MpiCalls.End(); // The process ends in any case.
        }

        done.Set();
        guard.Join();
    }

    /// <summary>Ends the process without a word to MPI.</summary>
    internal static void LeaveAtOnce(int code)
    {
        Console.Out.Flush();
        Console.Error.Flush();
        Descriptors.FlushNativeStreams();
        OwnProcess.ExitAtOnce(code);
    }

    /// <summary>Slaves that are still in a command of a closed processor get a moment to come back.</summary>
    private static bool Settle(MpiWorld world, MpiMasterRole role, List<MpiPeer> slaves)
    {
        using var communicator = role.Attach();
        LookWhile(communicator, slaves, peer => peer.State == PeerState.Busy, peer => IsOnlySlow(world, peer) ? IdleSettlingPatience : SettlingPatience);
        return slaves.All(peer => peer.State == PeerState.Free);
    }

    /// <summary>Takes what arrives while any slave is awaited that may take longer. A look comes after the time is up: this process may have stood still.</summary>
    private static void LookWhile(MpiMasterCommunicator communicator, List<MpiPeer> slaves, Func<MpiPeer, bool> isAwaited, Func<MpiPeer, TimeSpan> patience)
    {
        var start = Stopwatch.GetTimestamp();
        for (var isLast = false; !isLast && slaves.Any(isAwaited);)
        {
            var elapsed = Stopwatch.GetElapsedTime(start);
            isLast = !slaves.Any(peer => isAwaited(peer) && elapsed < patience(peer));
            communicator.LookForOthers(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>Whether a slave that is not back yet runs no command, as far as can be seen, and may take its time. Not in a job that survives losses: to end a slave costs nothing there, and our launcher ends the run soon after its result.</summary>
    private static bool IsOnlySlow(MpiWorld world, MpiPeer peer) => peer.Page is { Running: 0 } && !(world.Settings.SurvivesLoss && world.Start.IsOurs);

    /// <summary>MPICH over UCX waits in MPI_Finalize for ever once TCP was used (a C program of twenty lines does too, with MPICH 4.0 and UCX 1.13). Hydra can be told
    /// without it that a rank ends in order; our launcher needs neither. Where the application began MPI, it ends it.</summary>
    private static MpiEnding EndingOf(MpiWorld world)
    {
        var isLaunched = LaunchedRank.IsLaunched(world.Settings.Environment);
        if (world.Abi.Family != MpiFamily.Mpich || !(isLaunched || world.HasRemote))
        {
            return MpiEnding.Finalize;
        }

        if (world.Start.IsOurs && PmiConnection.IsThere(world.Settings.Environment))
        {
            return MpiEnding.ProcessManager;
        }

        return isLaunched && (world.Start.IsOurs || world.HasRemote) ? MpiEnding.None : MpiEnding.Finalize;
    }

    private static void AtExit(MpiWorld world)
    {
        LaunchedRank.TellResult(world.Settings.Environment, Environment.ExitCode);
        var ending = Close(world);
        if (world.Start.IsOurs)
        {
            End(world, ending, Environment.ExitCode);
        }
    }
}
