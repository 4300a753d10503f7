using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>Runs commands on a fabric: queue them and run the queue, submit them one by one as futures, or execute one and wait.
/// Lives on the master. Any thread may submit, send data, cancel and ask; one thread at a time runs the queue.</summary>
[CannotTravel("the processor lives on the master; give a command the data it needs instead")]
public sealed partial class Processor : IDisposable
{
    private static readonly object OpenGate = new();
    private static readonly List<Processor> Open = [];

    private readonly Fabric _fabric;
    private readonly Communicator _communicator;
    private readonly ApplicationCallback? _callback;
    private readonly MasterLoop _loop;
    private readonly Baton _baton;
    private readonly Thread _pump;
    private readonly IWireSerializer _serializer = WireSerializer.Default;
    private readonly WireTypePolicy _policy = SlaveRank.ApplicationTypes();
    private readonly SentTypes _types = new();
    private readonly OutputDisplay _display;
    private readonly List<SlaveLoop> _inLineSlaves = [];
    private readonly ProgressTicker? _progress;
    private volatile bool _closed;
    private volatile bool _aborted;
    private volatile bool _finished;
    private Exception? _fault;
    private bool _disposed;

    /// <summary>Opens a processor on a fabric, which then belongs to it.</summary>
    /// <exception cref="FabricUnavailableException">The fabric cannot run here.</exception>
    /// <exception cref="ArgumentException">An option makes no sense; the message names it.</exception>
    public Processor(Fabric fabric, ProcessorOptions? options = null, ApplicationCallback? callback = null)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        SlaveScope.ThrowIfInside("A new Processor");
        _fabric = fabric;
        _callback = callback;
        Options = OptionChecks.Check(options ?? new ProcessorOptions(), fabric);
        var availability = fabric.CheckAvailability();
        if (!availability.IsUsable)
        {
            throw new FabricUnavailableException(fabric.Name, availability.Reason ?? "no reason given");
        }

        var slaves = OptionChecks.SlavesFor(Options, fabric);
        _display = OpenDisplay(slaves);
        _communicator = fabric.Start(MakeSlave, new FabricSettings(slaves, OptionChecks.SettingsFor(Options, fabric), Options.Logger));
        _snapshots = new WireWriter(_types) { SnapshotArrays = !fabric.SharesArrays };
        _loop = new MasterLoop(_communicator, fabric, Options, _serializer, _policy, _types, _display, TimeProvider.System);
        _loop.Heard = (entry, word) => word.Arrive(this, entry);
        _baton = new Baton(_communicator.Wake, () => _loop.IsQuiet);
        _loop.Posted = _communicator.Alarm = _baton.Rouse;
        _selfTypes = new ReceivedTypes(_policy, "the master itself");
        _self = new WireReader(_selfTypes);
        _pump = new Thread(PumpLoop) { IsBackground = true, Name = "HpcRuntime master pump" };
        for (var announced = 0; announced <= slaves; announced++)
        {
            _loop.Step(TimeSpan.Zero); // Slaves that were announced at once are counted from the start.
        }

        lock (OpenGate)
        {
            Open.Add(this);
        }

        _pump.Start();
        _progress = Options.Progress is { } listener ? new ProgressTicker(listener, Options.ProgressPeriod, CountProgress, Options.Logger, TimeProvider.System) : null;
    }

    /// <summary>The processor that was opened last in this program and is still open.</summary>
    /// <exception cref="InvalidOperationException">None is open.</exception>
    /// <exception cref="NotOnMasterException">Asked for inside a command.</exception>
    public static Processor Current
    {
        get
        {
            SlaveScope.ThrowIfInside("Processor.Current");
            lock (OpenGate)
            {
                return Open.Count > 0 ? Open[^1] : throw new InvalidOperationException("No processor is open. Load one first: Processor.Load(\"thread\", ...), or run inside HpcProgram.Run.");
            }
        }
    }

    /// <summary>How this processor behaves.</summary>
    public ProcessorOptions Options { get; }

    /// <summary>The name of its fabric.</summary>
    public string FabricName => _fabric.Name;

    /// <summary>The master's rank: 0.</summary>
    public int Rank => _communicator.Rank;

    /// <summary>The highest seat plus one, the master included.</summary>
    public int Size => _communicator.Size;

    /// <summary>Slaves that are up or coming up, those that were asked to leave not included.</summary>
    public int SlaveCount => _loop.StayingSlaves;

    /// <summary>Host and process of the master, such as <c>node7-pid4711</c>.</summary>
    public string Name { get; } = RankName.Here(0);

    /// <summary>One line of less than 100 characters about the fabric as it runs.</summary>
    public string Describe() => _fabric.Describe();

    internal FutureWatch Futures { get; } = new();

    /// <summary>Opens a processor on the fabric called <paramref name="fabric"/>: a built-in one, one from the backend path, or <c>path/to/My.dll[:Type]</c>.</summary>
    /// <param name="fabric">The name; case does not matter.</param>
    /// <param name="callback">What <see cref="Run"/> calls; null when the program drives the processor itself.</param>
    /// <param name="slaves">How many slaves; 0 for what <paramref name="options"/> or the machine say.</param>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <exception cref="UnknownFabricException">No fabric has that name; the message lists the known ones.</exception>
    /// <exception cref="FabricUnavailableException">The fabric cannot run here.</exception>
    public static Processor Load(string fabric, ApplicationCallback? callback = null, int slaves = 0, ProcessorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        var effective = options ?? new ProcessorOptions();
        if (slaves != 0)
        {
            effective = effective with { Slaves = slaves };
        }

        var found = new FabricCatalogue(effective.BackendPath).Create(effective.Debug ? "uni" : fabric);
        try
        {
            return new Processor(found, effective, callback);
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }

    /// <summary>Opens a processor on the fabric called <paramref name="fabric"/>.</summary>
    public static Processor Load(string fabric, ProcessorOptions options) => Load(fabric, null, 0, options);

    /// <summary>The classic form: runs the callback's program on the master, then closes the processor. Returns the exit code.</summary>
    /// <exception cref="InvalidOperationException">The processor was loaded without a callback.</exception>
    public int Run()
    {
        var callback = _callback ?? throw new InvalidOperationException("This processor was loaded without an ApplicationCallback; give Processor.Load one, or call RunQueue yourself.");
        int code;
        try
        {
            code = ExitCodeFor(callback.InitMaster(this));
        }
        catch (Exception exception)
        {
            // The boundary of the program: what it let through is reported once and becomes the exit code.
            code = ExitCodes.For(exception);
            if (callback.HandleException is { } handle)
            {
                handle(this, exception);
            }
            else
            {
                Console.Error.WriteLine(exception);
            }
        }
        finally
        {
            Dispose();
        }

        return code;
    }

    /// <summary>The exit code of a program that returned <paramref name="applicationCode"/>: where that is 0, 1 when a failed future was never looked at,
    /// 4 when slaves were lost under it or, with <see cref="ProcessorOptions.Strict"/>, at all.</summary>
    public int ExitCodeFor(int applicationCode)
    {
        if (applicationCode != 0)
        {
            return applicationCode;
        }

        var (unobserved, anyLost) = Futures.Unobserved();
        if (unobserved > 0)
        {
            Options.Logger.Error("{Count} futures failed and nobody looked at them", unobserved);
        }

        if (anyLost || (Options.Strict && _loop.LostSlaves > 0))
        {
            return ExitCodes.SlaveLost;
        }

        return unobserved > 0 ? ExitCodes.Failed : 0;
    }

    /// <summary>Grows or shrinks to <paramref name="slaves"/>, also while a run is under way. Slaves that leave finish what they have.</summary>
    /// <exception cref="NotSupportedException">The fabric cannot; the message names its limit.</exception>
    public void Resize(int slaves)
    {
        ThrowIfUnusable(nameof(Resize));
        ArgumentOutOfRangeException.ThrowIfLessThan(slaves, 1);
        if (!_fabric.Traits.Resizable || slaves > _fabric.Traits.MaxSlaves)
        {
            if (slaves == SlaveCount)
            {
                return;
            }

            throw new NotSupportedException($"Fabric '{_fabric.Name}' cannot be resized to {slaves} slaves: " + (_fabric.Traits.Resizable ? $"it has at most {_fabric.Traits.MaxSlaves}." : $"its number of slaves is fixed, now {SlaveCount}."));
        }

        Drive(loop => loop.Resize(slaves));
    }

    /// <summary>Has <paramref name="action"/> done under the baton, by this thread or by the one that has it, and what it brings about taken in. Throws what it throws.</summary>
    private void Drive(Action<MasterLoop> action)
    {
        if (_baton.TryEnter())
        {
            try
            {
                _loop.Step(TimeSpan.Zero);
                action(_loop);
                _loop.Step(TimeSpan.Zero);
            }
            catch (WireFormatException fault)
            {
                Fail(fault);
                throw;
            }
            finally
            {
                _baton.Exit();
            }

            return;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(loop =>
        {
            try
            {
                action(loop);
                done.SetResult();
            }
            catch (Exception thrown)
            {
                // It belongs to the thread that waits below, not to the one that drives.
                done.SetException(thrown);
            }
        });
        done.Task.GetAwaiter().GetResult();
    }

    private IRank MakeSlave(RankSetting setting)
    {
        var slave = new SlaveLoop(setting, _serializer, _fabric.Traits.SharedMemory ? _policy : WireTypePolicy.ForApplication());
        if (_fabric.Traits.InLine)
        {
            slave.InLineOutput = (rank, id, output) => _loop!.TakeInLineOutput(rank, id, output);
            slave.InLineWord = (rank, id, word) => _loop!.TakeInLineWord(rank, id, CopyWord(word, out _));
            lock (_inLineSlaves)
            {
                _inLineSlaves.Add(slave);
            }
        }

        return slave;
    }

    private OutputDisplay OpenDisplay(int slaves)
    {
        if (!Options.ShowOutput)
        {
            return new OutputDisplay(null);
        }

        var prefix = Options.Prefix == OutputPrefix.Rank;
        var log = Options.Logger;
        var merger = new LineMerger(Options.StandardOutput ?? HostStreams.Out, Options.StandardError ?? HostStreams.Error, prefix, (stream, error) => log.Error(error, "What slaves print on {Stream} can no longer be shown", stream));
        merger.LargestRank = slaves;
        return new OutputDisplay(merger);
    }

    private void ThrowIfUnusable(string what)
    {
        SlaveScope.ThrowIfInside("Processor." + what);
        ObjectDisposedException.ThrowIf(_disposed || _aborted, this);
        ThrowIfFaulted();
    }

    private void ThrowIfFaulted()
    {
        if (_fault is { } fault)
        {
            throw new HpcRuntimeException($"The processor's own loop failed and can no longer be used: {fault.Message}", fault);
        }
    }
}
