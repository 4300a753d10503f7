using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using Serilog;

namespace HpcRuntime.Hosting;

/// <summary>The file of <c>--trace</c>: a timeline in Chrome's trace event format, which ui.perfetto.dev shows, with a row for each slave and one for the master.
/// It is written while the program runs; the format allows it to end early, so that it can be read also after a kill. From any thread.</summary>
internal sealed class TraceFile : IProcessorObserver, IDisposable
{
    private const int MasterRow = 0;
    private readonly Lock _lock = new();
#pragma warning disable CA2213 // Both are memory only, and an event may still come after the end.
    private readonly Utf8JsonWriter _json;
    private readonly FileStream _file;
    private readonly MemoryStream _event = new();
#pragma warning restore CA2213
    private readonly long _openedAt = Stopwatch.GetTimestamp();
    private readonly ILogger _log;
    private bool _closed; // Under the lock, as is the writing.

    /// <summary>Begins the file.</summary>
    /// <param name="name">The file; what is in it is overwritten.</param>
    /// <param name="log">Is told when it can no longer be written.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    internal TraceFile(GivenValue name, ILogger log)
    {
        _log = log;
        try
        {
            _file = new FileStream(name.Value, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{name.Origin} {name.Value}: cannot be written: {e.Message}");
        }

        _json = new Utf8JsonWriter(_event);
        _file.Write("["u8);
        Name("process_name", MasterRow, $"{Environment.MachineName} {Environment.ProcessId}", first: true);
        Name("thread_name", MasterRow, "0 master");
    }

    /// <inheritdoc/>
    public void SlaveJoined(int rank, string name, long at)
    {
        Name("thread_name", rank, FormattableString.Invariant($"{rank} {name}"));
        Instant(rank, "joined", at);
    }

    /// <inheritdoc/>
    public void SlaveLeft(int rank, string reason, long at) => Instant(rank, reason, at);

    /// <inheritdoc/>
    public void AttemptEnded(in AttemptRecord attempt)
    {
        lock (_lock)
        {
            Begin(attempt.Command.Label, "X", attempt.Rank, attempt.StartedAt);
            _json.WriteString("cat", "command");
            _json.WriteNumber("dur", Microseconds(attempt.StartedAt, attempt.EndedAt));
            _json.WriteStartObject("args");
            _json.WriteNumber("id", attempt.Command.Id);
            _json.WriteNumber("attempt", attempt.Attempt);
            _json.WriteString("outcome", Telemetry.NameOf(attempt.Outcome));
            _json.WriteNumber("queue_us", Microseconds(attempt.QueuedAt, attempt.SentAt));
            _json.WriteNumber("dispatch_us", Microseconds(attempt.SentAt, attempt.StartedAt));
            _json.WriteNumber("result_us", Microseconds(attempt.EndedAt, attempt.TakenAt));
            _json.WriteEndObject();
            End();
        }
    }

    /// <inheritdoc/>
    public void ResultApplied(ICommandInfo command, long from, long to)
    {
        lock (_lock)
        {
            Begin(command.Label, "X", MasterRow, from);
            _json.WriteString("cat", "result");
            _json.WriteNumber("dur", Microseconds(from, to));
            _json.WriteStartObject("args");
            _json.WriteNumber("id", command.Id);
            _json.WriteEndObject();
            End();
        }
    }

    /// <summary>Ends the file; what is told later is dropped.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            try
            {
                if (!_closed)
                {
                    _file.Write("\n]\n"u8);
                }

                _file.Dispose(); // Writes what is left.
            }
            catch (IOException e)
            {
                if (!_closed)
                {
                    Tell(e);
                }
            }

            _closed = true;
        }
    }

    private static double Microseconds(long from, long to) => Math.Round(Stopwatch.GetElapsedTime(from, Math.Max(from, to)).TotalMicroseconds, 3);

    private void Name(string what, int row, string name, bool first = false)
    {
        lock (_lock)
        {
            Begin(what, "M", row, _openedAt);
            _json.WriteStartObject("args");
            _json.WriteString("name", name);
            _json.WriteEndObject();
            End(first);
        }
    }

    private void Instant(int row, string name, long at)
    {
        lock (_lock)
        {
            Begin(name, "i", row, at);
            _json.WriteString("s", "t");
            End();
        }
    }

    private void Begin(string name, string phase, int row, long at)
    {
        _event.SetLength(0);
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteString("ph", phase);
        _json.WriteNumber("pid", Environment.ProcessId);
        _json.WriteNumber("tid", row);
        _json.WriteNumber("ts", Microseconds(_openedAt, at));
    }

    private void End(bool first = false)
    {
        _json.WriteEndObject();
        _json.Flush();
        if (_closed)
        {
            return;
        }

        try
        {
            _file.Write(first ? "\n"u8 : ",\n"u8);
            _file.Write(_event.GetBuffer().AsSpan(0, (int)_event.Length));
        }
        catch (IOException e)
        {
            // A full disk ends the timeline, not the run it tells of.
            _closed = true;
            Tell(e);
        }
    }

    private void Tell(IOException e) => _log.Error(e, "The timeline of --trace can no longer be written");
}
