using System;
using System.Collections.Generic;
using System.Globalization;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>Slaves are processes that the master starts: the application's own program again, whose Main does not run. One that crashes, leaks, hangs or is killed takes nobody with it.
/// All that a slave writes to its standard output and error, native code and child processes included, comes home.</summary>
public sealed class ProcessFabric : Fabric
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly SortedDictionary<int, int> _seats = []; // Under the gate: the incarnation that holds each seat.
    private readonly Dictionary<int, int> _lastIncarnation = [];
    private SlaveTransport? _transport;
    private SlaveKeeper? _keeper;
    private FabricSettings? _settings;
    private ProcessSettings? _own;
    private int _barren; // Slaves in a row that ended before they began a command. Driven by the holder of the baton.

    /// <inheritdoc/>
    public override string Name => "process";

    /// <inheritdoc/>
    public override IReadOnlyList<FabricOption> Options => ProcessSettings.Options;

    /// <inheritdoc/>
    public override FabricTraits Traits { get; } = new(MaxSlaves: 1024, ReplacesSlaves: true, Resizable: true);

    /// <inheritdoc/>
    public override FabricAvailability CheckAvailability() => (NativeSupport.WhyNot() ?? SlaveCommandLine.WhyNot()) is { } reason ? new(false, reason) : FabricAvailability.Usable;

    /// <inheritdoc/>
    public override string Describe()
    {
        int count;
        lock (_gate)
        {
            count = _seats.Count;
        }

        return string.Create(CultureInfo.InvariantCulture, $"process: {count} slave process{(count == 1 ? string.Empty : "es")} of process {Environment.ProcessId} over {(_transport?.Name == SocketTransport.TransportName ? "sockets" : "shared memory")}");
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option makes no sense; the message names it.</exception>
    public override Communicator Start(RankEntry entry, FabricSettings settings)
    {
        if (CheckAvailability() is { IsUsable: false } availability)
        {
            throw new FabricUnavailableException(Name, availability.Reason!);
        }

        _settings = settings;
        _own = ProcessSettings.From(settings);
        _transport = SlaveTransport.Create(_own.Transport, Environment.ProcessorCount);
        var communicator = _transport.Communicator;
        try
        {
            _keeper = new SlaveKeeper(new SlaveStarter(_own, settings.Slaves, () => Math.Max(communicator.Size, settings.Slaves + 1)), _transport, _own, settings.Logger);
            for (var rank = 1; rank <= settings.Slaves; rank++)
            {
                Seat(rank, TimeSpan.Zero);
            }

            return new ProcessCommunicator(communicator, _keeper);
        }
        catch
        {
            _keeper?.Dispose();
            _keeper = null;
            _transport.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool End(int rank, bool replace)
    {
        int incarnation;
        lock (_gate)
        {
            if (!_seats.Remove(rank, out incarnation))
            {
                return false;
            }
        }

        var begun = _keeper!.Retire(rank, incarnation, _settings!.ShutdownGrace);
        _transport!.Detach(rank, incarnation);
        _barren = begun ? 0 : _barren + 1;
        if (!replace)
        {
            return true;
        }

        if (_barren > _own!.MaxRestarts)
        {
            _settings.Logger.Error("{Count} slaves in a row ended before they began a command; rank {Slave} is not started again", _barren, rank);
            return false;
        }

        var backOff = _barren < 2 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, 0.1 * Math.Pow(2, _barren - 2)));
        Seat(rank, backOff);
        return true;
    }

    /// <inheritdoc/>
    public override bool Grow()
    {
        var rank = 1;
        lock (_gate)
        {
            while (_seats.ContainsKey(rank))
            {
                rank++;
            }
        }

        Seat(rank, TimeSpan.Zero);
        return true;
    }

    /// <inheritdoc/>
    public override void Abort() => _keeper?.Abort();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _keeper?.Close(_settings!.ShutdownGrace);
        _keeper?.Dispose();
    }

    private void Seat(int rank, TimeSpan after)
    {
        int incarnation;
        lock (_gate)
        {
            incarnation = _lastIncarnation.GetValueOrDefault(rank) + 1;
            _lastIncarnation[rank] = incarnation;
            _seats[rank] = incarnation;
        }

        // Announced at once where it starts at once: it counts as a slave from now on.
        _keeper!.Start(rank, incarnation, after == TimeSpan.Zero ? _transport!.Join(rank, incarnation) : null, after);
    }
}
