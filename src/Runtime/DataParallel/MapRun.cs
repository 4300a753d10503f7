using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>A map under way, as those see it who wait for its results.</summary>
internal abstract class MapRun(Processor processor)
{
    internal Processor Processor => processor;

    /// <summary>Guards the map, and its sink as well.</summary>
    internal object Gate { get; } = new();

    /// <summary>Changes whenever something has come home or the map has stopped.</summary>
    internal abstract int Version { get; }

    /// <summary>Why it ended before its time; null when it did not.</summary>
    internal abstract Exception? Stopped { get; }

    /// <summary>True once nothing is left to read, send out or wait for.</summary>
    internal abstract bool IsOver { get; }

    /// <summary>Sends out what may go out now. Reads the input on this thread; does nothing when another thread is at it. What the input throws ends the map.</summary>
    internal abstract void Feed();

    /// <summary>The same, and back earlier: the consumer may be waiting behind a slow input.</summary>
    /// <param name="until">When.</param>
    /// <param name="version">What <see cref="Version"/> was before the consumer last looked for a result: another one is news.</param>
    internal abstract void Feed(FeedUntil until, int version);

    /// <summary>The consumer has had all of a piece.</summary>
    internal abstract void Consumed(int items);

    /// <summary>Ends the map: what is with slaves is cancelled, and whoever waits gets <paramref name="reason"/>. Only the first reason counts; nothing happens when all is done.</summary>
    internal abstract void Stop(Exception reason);

    /// <summary>Waits on this thread, driving the processor, until something has come home since <paramref name="version"/> was looked at.</summary>
    internal abstract void WaitForNews(int version);

    /// <summary>Ends when something has come home since <paramref name="version"/> was looked at, or its input has something more to read.</summary>
    internal abstract Task NewsAsync(int version);
}

/// <summary>One map under way: reads items as far ahead as it may, sends them out in blocks, and hands what comes home to its sink. Thread-safe.
/// Whoever waits for results feeds it; whoever drives the processor tells it what has ended.</summary>
internal sealed partial class MapRun<T, TResult> : MapRun
{
    /// <summary>Work that takes more on its way than this is sent ahead, once to every slave, instead of with every block.</summary>
    private const int LargeWork = 16 * 1024;

    private readonly object _gate; // Guards all below.
    private readonly Processor _processor;
    private readonly MapOptions _options;
    private readonly IMapSink<TResult> _sink;
    private readonly ItemWork<T, TResult> _work;
    private readonly string? _workName;
    private readonly RandomKey _key;
    private readonly object _kindKey;
    private readonly string _label;
    private readonly BlockSizer _sizer;
    private readonly bool _serial;
    private readonly SortedDictionary<long, MapBlock<T>> _again = []; // To be sent out before anything new is read, lowest items first.
    private readonly HashSet<MapBlock<T>> _out = [];
    private readonly CancellationTokenRegistration _cancellation;
    private readonly ProgressTicker? _progress;
    private TaskCompletionSource? _news;
    private long _nextIndex;
    private long _taken;   // Items whose results the consumer has had.
    private int _pieces;   // Pieces that wait in the sink for the consumer; kept by it.
    private bool _inputEnded;
    private Exception? _stopped;
    private int _feeding;
    private int _closed;
    private int _waiters; // Threads that wait for news, and feed the map when they have it.
    private int _version;

    internal MapRun(Processor processor, MapInput<T> input, ItemWork<T, TResult> work, long run, MapOptions options, IMapSink<TResult> sink, bool bounded, CancellationToken cancellation) : base(processor)
    {
        _gate = Gate;
        _processor = processor;
        Input = input;
        _options = options;
        _sink = sink;
        IsBounded = bounded;
        _work = processor.Copy(work, out var bytes);
        _key = processor.KeyOfRun(run);
        _kindKey = (typeof(MapBlock<>), work.Key);
        _label = options.Label ?? work.Name;
        _sizer = new BlockSizer(options.ChunkSize, BlockSizer.AreSmall<T>(), MapMemory.Of(processor).For(work.Key));
        _serial = options.Debug || processor.Options.Debug || input.Count < options.SerialThreshold;
        if (bytes > LargeWork && !_serial)
        {
            _workName = FormattableString.Invariant($"work of map {run}");
            processor.SendData(_workName, work);
        }

        _progress = options.Progress is { } listener ? new ProgressTicker(listener, options.ProgressPeriod, CountProgress, processor.Options.Logger, TimeProvider.System) : null;
        if (cancellation.CanBeCanceled)
        {
            _cancellation = cancellation.UnsafeRegister(_ => Stop(new OperationCanceledException("The map was cancelled by its token.", cancellation)), null);
        }
    }

    internal MapInput<T> Input { get; }

    /// <summary>Whether unread results hold back what is read.</summary>
    internal bool IsBounded { get; }

    internal override int Version => Volatile.Read(ref _version);

    internal override Exception? Stopped
    {
        get
        {
            lock (_gate)
            {
                return _stopped;
            }
        }
    }

    internal override bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _stopped is not null || (_inputEnded && _out.Count == 0 && _again.Count == 0);
            }
        }
    }

    internal override void Consumed(int items)
    {
        lock (_gate)
        {
            _taken += items;
            _pieces--;
        }
    }

    internal override void Stop(Exception reason)
    {
        MapBlock<T>[] with;
        lock (_gate)
        {
            if (_stopped is not null || (_inputEnded && _out.Count == 0 && _again.Count == 0))
            {
                return;
            }

            _stopped = reason;
            with = [.. _out];
            _again.Clear();
            Tell();
        }

        foreach (var block in with)
        {
            if (block.Entry is { } entry)
            {
                _processor.CancelEntry(entry, "its map was ended");
            }
        }

        _processor.Wake();
        Close();
    }

    internal override void WaitForNews(int version)
    {
        Interlocked.Increment(ref _waiters);
        try
        {
            _processor.DriveUntil(() => Version != version, most => WaitAtGate(version, most));
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }

    internal override Task NewsAsync(int version)
    {
        Task news;
        lock (_gate)
        {
            if (_version != version)
            {
                return Task.CompletedTask;
            }

            news = (_news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        return Input is AsyncSequenceInput<T> input && Room() > 0 ? Task.WhenAny(news, input.Ready) : news;
    }

    private void WaitAtGate(int version, TimeSpan most)
    {
        lock (_gate)
        {
            if (_version == version)
            {
                Monitor.Wait(_gate, most);
            }
        }
    }

    /// <summary>Under the gate: something has changed.</summary>
    private void Tell()
    {
        _version++;
        Monitor.PulseAll(_gate);
        _news?.SetResult();
        _news = null;
    }

    /// <summary>Once, when nothing of it is left: what was sent ahead is taken back.</summary>
    private void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
        {
            return;
        }

        _cancellation.Unregister();
        if (_progress is { } progress)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => progress.Dispose(), null); // Not here: the last word goes to code of the caller's, and this thread may hold the baton.
        }

        if (_workName is { } name)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => _processor.DropData(name), null); // Not here: this thread may hold the baton.
        }
    }
}
