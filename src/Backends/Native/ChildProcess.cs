using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading;

namespace HpcRuntime.Backends.Native;

/// <summary>How a process ended: with an exit code or by a signal.</summary>
internal readonly record struct ProcessEnd(int? ExitCode, int? Signal)
{
    public override string ToString() => Signal is { } signal
        ? $"killed by {Signals.NameOf(signal)}"
        : string.Create(CultureInfo.InvariantCulture, $"exited with code {ExitCode}");
}

/// <summary>A child of this process that <see cref="Spawner"/> started. From any thread. Disposing it only lets go of it: <see cref="TryReap"/> before, else a zombie stays until this process ends.</summary>
internal sealed unsafe class ChildProcess : IDisposable
{
    private const int OpenDescriptor = 434;
    private const int SendSignal = 424;
    private const int NoHang = 1;
    private const short Readable = 1;

    private readonly object _gate = new(); // Signals are never sent to a process that was reaped: its number may be another's by then.
    private int _descriptor;
    private ProcessEnd? _end;

    internal ChildProcess(int id)
    {
        Id = id;
        _descriptor = (int)Libc.SystemCall(OpenDescriptor, id, 0, 0, 0, 0, 0);
        if (_descriptor < 0)
        {
            throw NativeException.Last("pidfd_open", string.Create(CultureInfo.InvariantCulture, $"process {id}"));
        }
    }

    /// <summary>A process that is not this one's child, to be waited for and signalled all the same; null when it is gone or out of sight. How it ended cannot be asked.</summary>
    internal static ChildProcess? TryWatch(int id)
    {
        try
        {
            return new ChildProcess(id);
        }
        catch (NativeException)
        {
            return null;
        }
    }

    internal int Id { get; }

    /// <summary>Its pidfd: readable once it has ended, for polling many at once. Closed on exec.</summary>
    internal int Descriptor => _descriptor;

    /// <summary>Waits until it has ended; false when the time was over first.</summary>
    internal bool WaitForEnd(TimeSpan timeout)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var left = timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Clamp(Math.Ceiling((timeout - watch.Elapsed).TotalMilliseconds), 0, int.MaxValue);
            Libc.PollEntry entry;
            entry.Descriptor = _descriptor;
            entry.Events = Readable;
            entry.Returned = 0;
            var ready = Libc.Poll(&entry, 1, left);
            if (ready > 0)
            {
                return true;
            }

            if (ready == 0)
            {
                return false;
            }

            if (Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
            {
                throw NativeException.Last("poll", Named);
            }
        }
    }

    /// <summary>How it ended, taken from the system's table; null while it runs.</summary>
    internal ProcessEnd? TryReap()
    {
        lock (_gate)
        {
            if (_end is not null)
            {
                return _end;
            }

            while (true)
            {
                var reaped = Libc.Wait(Id, out var status, NoHang);
                if (reaped == Id)
                {
                    _end = (status & 0x7f) == 0 ? new ProcessEnd((status >> 8) & 0xff, null) : new ProcessEnd(null, status & 0x7f);
                    return _end;
                }

                if (reaped == 0)
                {
                    return null;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Libc.ErrorInterrupted:
                        continue;
                    case Libc.ErrorNoChild:
                        _end = new ProcessEnd(null, null); // Somebody else in this process reaped it: how it ended is not known.
                        return _end;
                    default:
                        throw NativeException.Last("waitpid", Named);
                }
            }
        }
    }

    /// <summary>Sends a signal; false when it has ended.</summary>
    internal bool Signal(int signal)
    {
        lock (_gate)
        {
            if (_end is not null || _descriptor < 0)
            {
                return false;
            }

            if (Libc.SystemCall(SendSignal, _descriptor, signal, 0, 0, 0, 0) == 0)
            {
                return true;
            }

            return Marshal.GetLastPInvokeError() == Libc.ErrorNoProcess ? false : throw NativeException.Last("pidfd_send_signal", Named);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_descriptor >= 0)
            {
                Descriptors.Close(_descriptor);
                _descriptor = -1;
            }
        }
    }

    private string Named => string.Create(CultureInfo.InvariantCulture, $"process {Id}");
}
