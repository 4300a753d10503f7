using System;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Transport;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi;

/// <summary>A slave's life: it serves one processor after the other until the master closes the world.</summary>
internal static class SlaveRoom
{
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeavingPatience = TimeSpan.FromSeconds(5);

    private static MpiWorld? _served;
    private static volatile bool _leaving;

    /// <summary>Serves, then ends the process.</summary>
    [DoesNotReturn]
    internal static void Serve(MpiWorld world, RankEntry entry)
    {
        _served = world;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => WhenExitCalled(world);
        AppDomain.CurrentDomain.UnhandledException += (_, thrown) => WhenNobodyCaught(world, thrown.ExceptionObject);

        // Signals that reach every rank are for the master, which tells its slaves.
        using var interrupt = Ignore(PosixSignal.SIGINT);
        using var terminate = Ignore(PosixSignal.SIGTERM);
        using var hangUp = Ignore(PosixSignal.SIGHUP);
        var streams = SlaveStreams.Redirect(world.Remains!);
        var role = (MpiSlaveRole)world.Role;
        var waiting = new MpiSlaveCommunicator(world, 0, new SlaveOpening(world.Rank, world.Size));
        try
        {
            while (true)
            {
                role.Serving = waiting;
                while (!role.IsClosing && waiting.Wait(Timeout.InfiniteTimeSpan) is var arrival)
                {
                    arrival.Message?.Dispose();
                    if (role.TryNext(out var next))
                    {
                        ServeOne(world, entry, streams, next.Ticket, next.Opening);
                        role.Serving = waiting;
                    }
                }

                if (role.IsClosing)
                {
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            // The boundary of the process: nothing above this can tell what went wrong.
            streams.Restore();
            Console.Error.WriteLine($"rank {world.Rank} on {Environment.MachineName} failed: {exception}");
            WhenExitCalled(world, 1);
        }

        streams.Restore();
        Leave(world);
    }

    private static PosixSignalRegistration Ignore(PosixSignal signal) => PosixSignalRegistration.Create(signal, context => context.Cancel = true);

    private static void ServeOne(MpiWorld world, RankEntry entry, SlaveStreams streams, int ticket, SlaveOpening opening)
    {
        var page = world.Remains!.Page;
        page.Clear();
        page.State = SlaveState.Up;
        using var communicator = new MpiSlaveCommunicator(world, ticket, opening);
        entry(new RankSetting(communicator, streams.Capture, new SlaveStatus(page, streams.Capture))).Run();
        page.Running = 0;
        world.Send(world.Peers[0]!, MpiFrameKind.Left, ticket, default, default);
        world.Flush(FlushPatience, world.Peers[0]);
    }

    [DoesNotReturn]
    private static void Leave(MpiWorld world)
    {
        _leaving = true;
        world.FallSilent();
        world.Remains!.Page.State = SlaveState.Leaving;
        world.Send(world.Peers[0]!, MpiFrameKind.Bye, 0, default, default);
        world.Flush(LeavingPatience, world.Peers[0]);
        var ending = ((MpiSlaveRole)world.Role).Ending;
        if (ending == MpiEnding.Finalize)
        {
            world.Receiver.Close();
        }

        if (ending == MpiEnding.Finalize && !world.Start.IsOurs)
        {
            // The application on the master ends MPI when it likes; nothing of it runs here any more that could.
            _ = MpiCalls.End();
        }
        else
        {
            WorldEnd.End(world, ending, 0);
        }

        Environment.Exit(0);
        throw new UnreachableException();
    }

    /// <summary>A command, or something that it started, ends this process. MPI_Finalize would wait for ranks that know nothing of it.</summary>
    private static void WhenExitCalled(MpiWorld world) => WhenExitCalled(world, Environment.ExitCode);

    private static void WhenExitCalled(MpiWorld world, int code)
    {
        if (_leaving || _served is null)
        {
            return;
        }

        Console.Out.Flush();
        Console.Error.Flush();
        Descriptors.FlushNativeStreams();
        if (world.Settings.SurvivesLoss)
        {
            OwnProcess.ExitAtOnce(code);
        }

        EndJob(world, $"ended itself with exit code {code}", code == 0 ? MpiKeeper.MasterGoneCode : code);
    }

    /// <summary>An exception on a thread of a command's own. Where the loss of this rank ends the job, its words are told here: they would be lost with what this process has printed.</summary>
    private static void WhenNobodyCaught(MpiWorld world, object thrown)
    {
        if (!world.Settings.SurvivesLoss && !_leaving)
        {
            EndJob(world, $"ends with an unhandled exception: {thrown}", MpiKeeper.MasterGoneCode);
        }
    }

    /// <summary>The master may be gone before it can say anything.</summary>
    [DoesNotReturn]
    private static void EndJob(MpiWorld world, string why, int code)
    {
        SlaveStreams.Current?.Restore();
        Console.Error.WriteLine($"rank {world.Rank} on {Environment.MachineName} (process {Environment.ProcessId}) {why}; this job, started by a plain mpiexec, cannot go on without it");
        Console.Error.Flush();
        _ = MpiCalls.Abort(world.Abi.CommWorld, code);
        OwnProcess.ExitAtOnce(code);
        throw new UnreachableException();
    }
}
