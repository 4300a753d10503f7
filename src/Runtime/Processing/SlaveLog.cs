using System;
using System.Collections.Concurrent;
using HpcRuntime.Wire;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace HpcRuntime.Processing;

/// <summary>A slave's diagnostics: events wait here until the holder of the gate sends them to the master. Thread-safe.</summary>
internal sealed class SlaveLog : ILogEventSink
{
    private readonly ConcurrentQueue<SlaveLogLine> _lines = new();
    private readonly LoggingLevelSwitch _level = new(LogEventLevel.Warning);
    private readonly Lazy<ILogger> _logger;

    internal SlaveLog() => _logger = new Lazy<ILogger>(() => new LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(this).CreateLogger());

    internal ILogger Logger => _logger.Value;

    internal LogEventLevel MinimumLevel
    {
        set => _level.MinimumLevel = value;
    }

    public void Emit(LogEvent logEvent) =>
        _lines.Enqueue(new SlaveLogLine(logEvent.Level, logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture), logEvent.Exception?.ToString()));

    internal bool TryTake(out SlaveLogLine line) => _lines.TryDequeue(out line);
}

/// <summary>One event on its way home, rendered.</summary>
internal readonly record struct SlaveLogLine(LogEventLevel Level, string Text, string? Error)
{
    internal void Write(WireWriter writer)
    {
        writer.WriteByte((byte)Level);
        writer.WriteString(Text);
        writer.WriteString(Error);
    }

    internal static SlaveLogLine Read(WireReader reader) => new((LogEventLevel)reader.ReadByte(), reader.ReadString() ?? string.Empty, reader.ReadString());
}
