using System;
using System.Diagnostics;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;

namespace HpcRuntime.Backends.Thread;

/// <summary>One slave on a thread of its own.</summary>
internal sealed class SlaveThread
{
    private readonly System.Threading.Thread _thread;
    private readonly RankEntry _entry;
    private Action<RankLoss>? _lost;
    private volatile ConsoleCapture? _capture;

    internal SlaveThread(InProcessCommunicator communicator, RankEntry entry)
    {
        Communicator = communicator;
        _entry = entry;
        _thread = new System.Threading.Thread(Run) { IsBackground = true, Name = $"HpcRuntime slave {communicator.Rank}" };
    }

    internal InProcessCommunicator Communicator { get; }

    internal bool HasEnded => !_thread.IsAlive;

    /// <summary>Whether it runs a command: nobody knows for how long. From any thread.</summary>
    internal bool IsInCommand => _capture is { IsInCommand: true };

    internal void Start(Action<RankLoss> lost)
    {
        _lost = lost;

        // A slave must not inherit what flows with the thread that opened the processor, such as a test's context.
        _thread.UnsafeStart();
    }

    internal bool JoinUntil(long deadline)
    {
        var left = TimeSpan.FromSeconds((double)(deadline - Stopwatch.GetTimestamp()) / Stopwatch.Frequency);
        return _thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void Run()
    {
        using var capture = new ConsoleCapture();
        _capture = capture;
        try
        {
            _entry(new RankSetting(Communicator, capture)).Run();
        }
        catch (Exception fault)
        {
            // Not a command's failure, which travels as a value: the slave itself broke. The master hears of it and gives the seat to another.
            if (!Communicator.IsCutOff)
            {
                _lost!(new RankLoss($"its loop failed: {fault.GetType().Name}: {fault.Message}"));
            }
        }
    }
}
