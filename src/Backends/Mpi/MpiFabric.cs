using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Interop.MpiNet;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Backends.Mpi.Transport;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi;

/// <summary>Slaves are the ranks that mpiexec or srun started, on one host or many. Every rank runs the program's Main; on rank 0 the processor opens, on the others the call that opens it does not return.
/// Processors may follow one another, and share the slaves that there are.</summary>
public sealed class MpiFabric : Fabric
{
    /// <summary>Slaves of a processor that was closed a moment ago are on their way back.</summary>
    private static readonly TimeSpan LendingPatience = TimeSpan.FromSeconds(5);

    /// <summary>A command that was told to stop and has not had its grace before; a slave on its way out needs less.</summary>
    private static readonly TimeSpan EndingPatience = TimeSpan.FromSeconds(1);

    private static int _warned;

    private MpiWorld? _world;
    private MpiMasterCommunicator? _communicator;
    private FabricSettings? _settings;

    /// <inheritdoc/>
    public override string Name => "mpi";

    /// <inheritdoc/>
    public override IReadOnlyList<FabricOption> Options => MpiSettings.Options;

    /// <inheritdoc/>
    public override FabricTraits Traits => Slaves is { } slaves and > 0 ? new(slaves, Resizable: true) { DefaultSlaves = slaves } : new(int.MaxValue, Resizable: true);

    /// <summary>Called when this process ends because it cannot begin. Where MPI has not started the other ranks wait for it, for ever under a plain mpiexec of MPICH; then that is told to end the job.
    /// Our own launcher sees for itself what has become of a rank.</summary>
    internal static void AbortUnlessBegun(Func<string, string?> environment, int code)
    {
        if (MpiWorld.Current is null && !MpiEnvironment.Initialized && !LaunchedRank.IsLaunched(environment)
            && MpiLauncher.Detect(environment) is { Family: MpiFamily.Mpich, Size: > 1 } && PmiConnection.IsOwn)
        {
            PmiConnection.Abort(environment, code);
        }
    }

    /// <summary>Slaves of the world; null when this process was not started as a rank.</summary>
    private static int? Slaves => MpiWorld.Current is { } world ? world.Size - 1 : MpiLauncher.Detect(Environment.GetEnvironmentVariable)?.Size - 1;

    /// <inheritdoc/>
    public override FabricAvailability CheckAvailability()
    {
        if (NativeSupport.WhyNot() is { } reason)
        {
            return new FabricAvailability(false, reason);
        }

        if (MpiWorld.Current is not null || MpiEnvironment.Initialized)
        {
            return FabricAvailability.Usable;
        }

        return Slaves switch
        {
            null => new FabricAvailability(false, "this process was not started by mpiexec or srun. " + StartLine.Describe()),
            0 => new FabricAvailability(false, "mpiexec started one rank, which is the master alone; it needs two or more. " + StartLine.Describe()),
            _ => FabricAvailability.Usable,
        };
    }

    /// <inheritdoc/>
    public override string Describe()
    {
        var slaves = _communicator?.Holders().Count ?? Slaves ?? 0;
        return string.Create(CultureInfo.InvariantCulture, $"mpi: {slaves} slave rank{(slaves == 1 ? string.Empty : "s")} of {_world?.Size ?? slaves + 1}, {_world?.Start.Library.Version ?? "MPI"}{(MpiNetBinding.Bound is { } net ? $" through MPI.NET {net.Version}" : string.Empty)}");
    }

    /// <inheritdoc/>
    /// <remarks>On every rank but 0 this does not return.</remarks>
    public override Communicator Start(RankEntry entry, FabricSettings settings)
    {
        if (CheckAvailability() is { IsUsable: false } availability)
        {
            throw new FabricUnavailableException(Name, availability.Reason!);
        }

        _settings = settings;
        var world = _world = MpiWorld.Open(MpiSettings.From(settings));
        if (world.Rank > 0)
        {
            SlaveRoom.Serve(world, entry);
        }

        var role = (MpiMasterRole)world.Role;
        WorldEnd.Arm(world);
        WarnOnce(world, role, settings);
        _communicator = role.Attach();
        try
        {
            Lend(role, settings.Slaves);
            return _communicator;
        }
        catch
        {
            _communicator.Dispose();
            throw;
        }
    }

    /// <summary>Serves as a slave until the master leaves, then ends the process; on rank 0 it returns at once. What <see cref="Start"/> does on ranks other than 0, for a host that knows before.</summary>
    internal static void ServeIfSlave(RankEntry entry, FabricSettings settings)
    {
        var world = MpiWorld.Open(MpiSettings.From(settings));
        if (world.Rank > 0)
        {
            SlaveRoom.Serve(world, entry);
        }
    }

    /// <summary>Runs the application's own calls of MPI while the fabric makes none, on the master or inside a command.
    /// Between ranks that are lost or busy with other commands, a call that waits for them waits for ever.</summary>
    /// <param name="use">Gets all ranks; not the fabric's own communicator.</param>
    /// <exception cref="InvalidOperationException">The fabric is not open in this process.</exception>
    public static T Use<T>(Func<Intracommunicator, T> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        var world = MpiWorld.Current ?? throw new InvalidOperationException("The mpi fabric is not open in this process.");
        if (world.Start.Threading == Interop.Threading.Multiple && world.Settings.Threads == Interop.Threading.Multiple)
        {
            return use(Intracommunicator.World);
        }

        world.Gate.Enter();
        world.Gate.IsLent = true;
        try
        {
            return use(Intracommunicator.World);
        }
        finally
        {
            world.Gate.IsLent = false;
            world.Gate.Exit();
        }
    }

    /// <inheritdoc cref="Use{T}(Func{Intracommunicator,T})"/>
    public static void Use(Action<Intracommunicator> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        Use(world =>
        {
            use(world);
            return 0;
        });
    }

    /// <inheritdoc/>
    public override bool End(int rank, bool replace)
    {
        if (_communicator?.Vacate(rank) is not { } peer)
        {
            return false;
        }

        ((MpiMasterRole)_world!.Role).TakeBack(peer, _communicator, EndingPatience);
        return !replace;
    }

    /// <inheritdoc/>
    public override bool Grow() => _communicator is { } communicator && ((MpiMasterRole)_world!.Role).TryPromise(communicator);

    /// <inheritdoc/>
    /// <remarks>A rank that is ended is gone for good, so each is asked to stop first; those that have not when the program ends are ended then.</remarks>
    public override void Abort()
    {
        foreach (var peer in _communicator?.Holders() ?? [])
        {
            _communicator!.Vacate(peer.Seat);
            ((MpiMasterRole)_world!.Role).TakeBack(peer, _communicator!, null);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // Those that said goodbye come back by themselves; the others, busy with a command that nobody waits for any more, when it has ended.
        foreach (var peer in _communicator?.Holders() ?? [])
        {
            _communicator!.Vacate(peer.Seat);
            ((MpiMasterRole)_world!.Role).TakeBack(peer, _communicator!, null);
        }

        if (_world is { Start.IsOurs: false, Rank: 0 } world)
        {
            // Before the application ends MPI, every rank must have left.
            WorldEnd.Close(world);
        }
    }

    private void Lend(MpiMasterRole role, int slaves)
    {
        using var others = role.Attach();
        var start = Stopwatch.GetTimestamp();
        for (var lent = 0; lent < slaves;)
        {
            if (role.TryLend(_communicator!))
            {
                lent++;
                continue;
            }

            // Somebody has to take what those say that are on their way back.
            if (role.AliveCount > 0 && Stopwatch.GetElapsedTime(start) < LendingPatience)
            {
                others.LookForOthers(TimeSpan.FromMilliseconds(20));
                continue;
            }

            if (lent > 0)
            {
                _settings!.Logger.Warning("Of {Asked} slaves asked for, {Lent} are free; the others serve another processor or are lost", slaves, lent);
                return;
            }

            throw new FabricUnavailableException(Name, string.Create(CultureInfo.InvariantCulture, $"none of its {_world!.Size - 1} slaves is free: they serve other processors that are open, are still in a command of one that was closed, or are lost. Dispose of an open one first, or let each ask for fewer slaves (-n)."));
        }
    }

    private static void WarnOnce(MpiWorld world, MpiMasterRole role, FabricSettings settings)
    {
        world.Log = settings.Logger;
        role.CannotGoOn ??= what => WorldEnd.GiveUp(world, what);
        if (!world.Settings.SurvivesLoss && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            settings.Logger.Warning("Started by a plain mpiexec: the loss of one slave ends this job. Started as {Command:l} it goes on", StartLine.Command(world.Size - 1));
        }
    }
}
