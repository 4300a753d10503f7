using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Output;
using HpcRuntime.Primitives;
using Serilog;

namespace HpcRuntime.Processing;

/// <summary>One execution of a command on a slave. What it needs rarely is made when asked for.</summary>
internal sealed class SlaveContext(SlaveLoop slave, CommandHeader header, long startedAt) : ISlaveContext, IDisposable
{
    private CancellationTokenSource? _source; // Under the slave's stop gate: commands ask on their own threads, the watchdog cancels.
    private volatile StopReason _stopReason;  // Written under the stop gate.
    private long _graceEnd;
    private bool _reportedStuck;
    private RandomStream? _random;
    private List<ResultCommand>? _results;
    private IDataStore? _data;

    public int Rank => slave.Rank;

    public int Size => slave.Size;

    public string Name => slave.Name;

    public int Attempt => Header.Attempt;

    public string? Label => Header.Label;

    public ILogger Log => slave.Log;

    public RandomStream Random => _random ??= Header.RandomKey is { } key ? new RandomStream(key) : new RandomStream(slave.Seed, Header.Run, Header.Index);

    public IDataStore Data => _data ??= slave.DataAt(Header.DataVersion);

    public CancellationToken Cancellation
    {
        get
        {
            lock (slave.StopGate)
            {
                if (_source is null)
                {
                    _source = new CancellationTokenSource();
                    if (_stopReason != StopReason.None)
                    {
                        _source.Cancel();
                    }
                }

                return _source.Token;
            }
        }
    }

    internal CommandHeader Header { get; } = header;

    internal long StartedAt { get; } = startedAt;

    internal ICommandOutput? Output { get; set; }

    internal StopReason StopReason => _stopReason;

    /// <summary>The slave that runs the command.</summary>
    internal SlaveLoop Slave => slave;

    /// <summary>What the floor above keeps for this execution; null for nothing.</summary>
    internal object? Attachment { get; set; }

    /// <summary>Result commands in the order they were returned; null for none. Read once the command has ended.</summary>
    internal List<ResultCommand>? Results => _results;

    public void ReturnResult(ResultCommand result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var results = _results ?? Interlocked.CompareExchange(ref _results, [], null) ?? _results;
        lock (results)
        {
            results.Add(result);
        }
    }

    public void Dispose()
    {
        if (Volatile.Read(ref _source) is null)
        {
            return;
        }

        lock (slave.StopGate)
        {
            _source?.Dispose();
            _source = null;
        }
    }

    /// <summary>Asks the command to stop; the first reason stays, but a caller's cancellation outranks draining. Called under the slave's gate.</summary>
    internal void Stop(StopReason reason, long graceEnd)
    {
        lock (slave.StopGate)
        {
            if (_stopReason != StopReason.None)
            {
                _stopReason = _stopReason == StopReason.Draining && reason == StopReason.Cancelled ? reason : _stopReason;
                return;
            }

            _graceEnd = graceEnd; // First: whoever sees the reason reads this without the gate.
            _stopReason = reason;

            // Callbacks of the token are the command's own code: they run on the pool, not under our gates nor on the watchdog.
            _source?.CancelAsync();
        }
    }

    internal bool IsOverdue(long now) => Header.TimeoutTicks > 0 && StopReason == StopReason.None && (now - StartedAt) / (double)Stopwatch.Frequency > Header.TimeoutTicks / (double)TimeSpan.TicksPerSecond;

    /// <summary>True once: when the command was asked to stop and its grace is over.</summary>
    internal bool IsStuck(long now)
    {
        if (_reportedStuck || StopReason == StopReason.None || now < _graceEnd)
        {
            return false;
        }

        return _reportedStuck = true;
    }

    /// <summary>How this attempt ended, given what it threw.</summary>
    internal AttemptEnd EndFor(Exception? error) => StopReason switch
    {
        StopReason.TimedOut => AttemptEnd.TimedOut,
        StopReason.Cancelled => AttemptEnd.Cancelled,
        StopReason.Draining when error is OperationCanceledException => AttemptEnd.Cancelled,
        _ => error is null ? AttemptEnd.Done : AttemptEnd.Failed,
    };
}
