using System.Threading;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>Who calls MPI: one thread at a time, as MPI_THREAD_SERIALIZED wants it. Held for single calls, so that taking it costs less than any of them. Not re-entrant.</summary>
internal sealed class MpiGate
{
    private int _held;
    private int _wanted;

    /// <summary>Whether somebody waits: whoever takes it in a loop lets them in.</summary>
    internal bool IsWanted => Volatile.Read(ref _wanted) > 0;

    internal void Enter()
    {
        if (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
        {
            EnterSlowly();
        }
    }

    /// <summary>Whether the application uses MPI itself meanwhile, for as long as it likes.</summary>
    internal bool IsLent { get; set; }

    /// <summary>For a thread that must not be held up: false when it could not be had within so many milliseconds.</summary>
    internal bool TryEnter(int milliseconds)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds > milliseconds)
            {
                return false;
            }

            System.Threading.Thread.Yield();
        }

        return true;
    }

    internal void Exit() => Volatile.Write(ref _held, 0);

    private void EnterSlowly()
    {
        Interlocked.Increment(ref _wanted);
        var spin = default(SpinWait);
        while (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
        {
            spin.SpinOnce(sleep1Threshold: 50);
        }

        Interlocked.Decrement(ref _wanted);
    }
}
