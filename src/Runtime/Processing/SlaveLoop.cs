using System;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;
using Serilog;

namespace HpcRuntime.Processing;

/// <summary>The slave's side: takes commands, runs them one after the other, sends results home. The mirror of <see cref="MasterLoop"/>.
/// A function of what arrives at its communicator; the thread that drives it comes from the fabric.</summary>
/// <remarks>The gate is held by whoever uses the communicator: the driving thread between commands, the <see cref="SlaveWatchdog"/> or a printing
/// thread while a command runs. All fields belong to its holder unless they say otherwise.</remarks>
internal sealed partial class SlaveLoop : IRank, ISlaveEnvironment
{
    /// <summary>Results of short commands wait for each other this long.</summary>
    private static readonly long ResultDelay = Stopwatch.Frequency / 4000;

    /// <summary>How often the driving thread looks for arrivals between short commands.</summary>
    private static readonly long PollInterval = Stopwatch.Frequency / 10_000;

    private readonly Communicator _communicator;
    private readonly IOutputCapture _capture;
    private readonly IRankStatus? _status;
    private readonly IWireSerializer _serializer;
    private readonly WireTypePolicy _policy;
    private readonly ReceivedTypes _masterTypes;
    private readonly WireReader _reader;
    private readonly WireReader _commandReader;
    private readonly SentTypes _types = new();
    private readonly WireWriter _message;
    private readonly ArrayDeque<PendingCommand> _pending = new(64);
    private readonly SlaveDataStore _data;
    private readonly SlaveLog _log = new();
    private readonly Action _shipOutput;
    private int _gate = 1;
    private SlaveSettings _settings = SlaveSettings.BeforeWelcome;
    private ISlaveStartup[] _startups = [];
    private int _startupsDone;
    private bool _greeted;
    private bool _exit;
    private long _lastPoll;
    private int _typesTold;
    private SlaveContext? _running; // Written under the gate; read by the watchdog without it, which checks again inside.

    internal SlaveLoop(RankSetting setting, IWireSerializer serializer, WireTypePolicy policy)
    {
        _communicator = setting.Communicator;
        _capture = setting.Capture;
        _status = setting.Status;
        _serializer = serializer;
        _policy = policy;
        _masterTypes = new ReceivedTypes(policy, "the master");
        _reader = new WireReader(_masterTypes);
        _commandReader = new WireReader(_masterTypes);
        _message = new WireWriter(_types);
        _results = new WireWriter(_types);
        _value = new WireWriter(_types);
        _data = new SlaveDataStore(_communicator.Rank);
        _shipOutput = ShipOutputFromCommand;
        Name = RankName.Here(_communicator.Rank);
    }

    /// <inheritdoc/>
    public int Rank => _communicator.Rank;

    /// <inheritdoc/>
    public int Size => _settings.Size;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ILogger Log => _log.Logger;

    internal long Seed => _settings.Seed;

    internal IDataStore DataAt(long version) => _data.At(version);

    /// <inheritdoc/>
    public void Run()
    {
        SlaveWatchdog.Register(this);
        SlaveScope.Enter();
        try
        {
            Greet();
            while (!_exit)
            {
                if (_pending.Count == 0)
                {
                    FlushAll();
                    Handle(_communicator.Wait(Timeout.InfiniteTimeSpan));
                }
                else
                {
                    RunNext();
                    PollNowAndThen();
                }
            }

            SayGoodbye();
        }
        finally
        {
            SlaveWatchdog.Unregister(this);
        }
    }

    /// <inheritdoc/>
    public bool Step()
    {
        if (!_greeted)
        {
            SlaveWatchdog.Register(this);
            Greet();
        }

        // In line, the slave's commands run on the master's own thread.
        var wasInside = SlaveScope.IsInside;
        SlaveScope.Enter();
        do
        {
            Drain();
            if (_pending.Count > 0)
            {
                RunNext();
            }
        }
        while (_pending.Count > 0 && !_exit);

        FlushAll();
        if (!wasInside)
        {
            SlaveScope.Leave();
        }

        if (!_exit)
        {
            return true;
        }

        SayGoodbye();
        SlaveWatchdog.Unregister(this);
        return false;
    }

    private void Greet()
    {
        _greeted = true;
        Begin(SlaveVerb.Hello);
        _message.WriteString(Name);
        _message.WriteString(Environment.MachineName);
        _message.WriteVarUInt((ulong)Environment.ProcessId);
        Send();
    }

    private void SayGoodbye()
    {
        FlushAll();
        Begin(SlaveVerb.Goodbye);
        Send();
    }

    private void PollNowAndThen()
    {
        if (_pending.Count == 0 || _now - _lastPoll > PollInterval)
        {
            _lastPoll = _now;
            Drain();
        }
    }

    private void Drain()
    {
        while (true)
        {
            var arrival = _communicator.Wait(TimeSpan.Zero);
            if (arrival.Kind == ArrivalKind.Deadline)
            {
                return;
            }

            Handle(arrival);
            if (_exit)
            {
                return;
            }
        }
    }

    private void Handle(in Arrival arrival)
    {
        if (arrival.Kind == ArrivalKind.RankLost && arrival.Rank == 0)
        {
            _exit = true;
            DropPending(_ => true, report: false);
        }

        if (arrival.Message is not { } message)
        {
            return;
        }

        _reader.Reset(message.Buffer, message.Offset, message.Length, message.Blocks);
        var verb = (MasterVerb)_reader.ReadByte();
        _masterTypes.ReadDefinitions(_reader);
        if (verb == MasterVerb.Commands)
        {
            TakeCommands(message);
            return;
        }

        using (message)
        {
            switch (verb)
            {
                case MasterVerb.Welcome:
                    TakeWelcome();
                    break;
                case MasterVerb.Cancel:
                    TakeCancel();
                    break;
                case MasterVerb.Recall:
                    GiveBack((int)_reader.ReadVarUInt());
                    break;
                case MasterVerb.Data:
                    _data.Take(_reader, _serializer);
                    break;
                case MasterVerb.ForgetData:
                    _data.ForgetBefore((long)_reader.ReadVarUInt());
                    break;
                case MasterVerb.Exit:
                    _exit = true;
                    DropPending(_ => true, report: false);
                    StopRunning(StopReason.Cancelled);
                    break;
                default:
                    throw new WireFormatException($"Rank {Rank} received a message of unknown kind {(int)verb} from the master.");
            }
        }
    }

    private void TakeWelcome()
    {
        _settings = SlaveSettings.Read(_reader, _policy);
        _log.MinimumLevel = _settings.LogLevel;
        _startups = new ISlaveStartup[_reader.ReadVarUInt()];
        for (var i = 0; i < _startups.Length; i++)
        {
            _startups[i] = (ISlaveStartup)_serializer.Read(_reader)!;
        }
    }

    private void TakeCommands(Message message)
    {
        var count = (int)_reader.ReadVarUInt();
        var held = new HeldMessage(message, count);
        var block = 0;
        for (var i = 0; i < count; i++)
        {
            var header = CommandHeader.Read(_reader);
            var blocks = (int)_reader.ReadVarUInt();
            var length = (int)_reader.ReadVarUInt();
            _pending.AddLast(new PendingCommand(header, held, message.Offset + _reader.Position, length, block));
            _reader.Skip(length);
            block += blocks;
        }
    }

    private void TakeCancel()
    {
        var scope = (CancelScope)_reader.ReadByte();
        var number = (long)_reader.ReadVarUInt();
        var reason = (StopReason)_reader.ReadByte();
        DropPending(p => Concerns(scope, number, p.Header), report: true);
        if (_running is { } running && Concerns(scope, number, running.Header))
        {
            StopRunning(reason);
        }
    }

    /// <summary>Drops commands that have not begun and, unless the master is past caring, reports each as cancelled.</summary>
    private void DropPending(Predicate<PendingCommand> which, bool report)
    {
        for (var left = _pending.Count; left > 0; left--)
        {
            var next = _pending.RemoveFirst();
            if (!which(next))
            {
                _pending.AddLast(next);
                continue;
            }

            next.Held.Release();
            if (report)
            {
                AddUnstarted(next.Header);
            }
        }

        if (report)
        {
            FlushResults();
        }
    }

    private void GiveBack(int most)
    {
        var count = Math.Min(most, _pending.Count);
        Begin(SlaveVerb.Returned);
        _message.WriteVarUInt((ulong)count);
        for (var i = 0; i < count; i++)
        {
            var given = _pending.RemoveLast();
            _message.WriteVarUInt((ulong)given.Header.Id);
            given.Held.Release();
        }

        Send();
    }

    /// <summary>Asks the running command to stop, from a thread that does not drive this slave; for slaves that run in line.</summary>
    internal void StopFromOutside(CancelScope scope, long number, StopReason reason)
    {
        var running = Volatile.Read(ref _running);
        if (running is not null && Concerns(scope, number, running.Header))
        {
            running.Stop(reason, Stopwatch.GetTimestamp() + (long)(_settings.Grace.TotalSeconds * Stopwatch.Frequency));
        }
    }

    private static bool Concerns(CancelScope scope, long number, in CommandHeader header) => scope switch
    {
        CancelScope.Command => header.Id == number,
        CancelScope.Run => header.Run == number,
        _ => true,
    };

    private void StopRunning(StopReason reason)
    {
        if (_running is { } running)
        {
            running.Stop(reason, Stopwatch.GetTimestamp() + (long)(_settings.Grace.TotalSeconds * Stopwatch.Frequency));
        }
    }

    private void Begin(SlaveVerb verb)
    {
        _message.Clear();
        _message.WriteByte((byte)verb);
        _typesTold = _types.WriteDefinitionsSince(_message, _typesTold);
    }

    private void Send(bool withOutput = false)
    {
        _status?.Sending(withOutput);
        _communicator.Send(0, _message.WrittenSpan, _message.Blocks);
    }
}
