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
    /// <summary>Bytes of replaced data after which a slave in a process of its own collects garbage.</summary>
    private const long CollectedAt = 64L << 20;

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
    private HeldMessage? _spare; // Was let go of, and is used again.
    private int _gate = 1;
    private SlaveSettings _settings = SlaveSettings.BeforeWelcome;
    private long _resultDelay; // Results of short commands wait for each other this long, in Stopwatch ticks.
    private ISlaveStartup[] _startups = [];
    private int _startupsDone;
    private bool _greeted;
    private bool _exit;
    private bool _worn;
    private long _returns; // Times the master wanted everything back.
    private long _forgotten; // Bytes of data since the last collection.
    private long _lastPoll;
    private int _typesTold;
    private volatile OutsideStop? _outsideStop; // The last stop that came past the communicator.
    private volatile Exception? _watchFault;    // What failed on the watchdog's thread; thrown on the driving one.
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

    /// <summary>Whether nothing but this slave lives in the process.</summary>
    internal bool OwnsProcess { get; init; }

    /// <summary>Takes what a command prints past the communicator, where the master is inside this slave's own wait; null where it is not.</summary>
    internal InLineOutput? InLineOutput { get; set; }

    internal long Seed => _settings.Seed;

    /// <summary>Taken to stop a command, or to ask for its token: its own threads may.</summary>
    internal object StopGate { get; } = new();

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
                    var arrival = _communicator.Wait(Timeout.InfiniteTimeSpan);
                    _now = Stopwatch.GetTimestamp();
                    Handle(arrival);
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
        _now = Stopwatch.GetTimestamp();
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
        LibraryBuild.Here.Write(_message); // First: all that follows is in the form of this build.
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
