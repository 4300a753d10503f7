using System;
using System.Globalization;
using System.IO;
using HpcRuntime.Processing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace HpcRuntime.Hosting;

/// <summary>Diagnostics of this process: to standard error by verbosity, and to the log file. Events carry rank, host and pid; those that slaves send bring their own.</summary>
internal sealed class HostLog : IDisposable
{
    private const string Template = "[{Timestamp:HH:mm:ss.fff} {Level:u3} rank {Rank} {Host}:{Pid}] {Message:lj}{NewLine}{Exception}";
    private const string HostingContext = "HpcRuntime.Hosting";
    private readonly LiveLine _error;
    private readonly Logger _logger;
    private readonly Logger? _file;

    /// <summary>Opens the log.</summary>
    /// <exception cref="UsageException">The log file cannot be written.</exception>
    internal HostLog(LiveLine error, Verbosity verbosity, GivenValue? logFile)
    {
        _error = error;
        _file = logFile is null ? null : OpenFile(logFile, verbosity);
        var configuration = Enriched().MinimumLevel.Is(LogEventLevel.Debug).WriteTo.Sink(new StandardErrorSink(error, verbosity));
        _logger = (_file is null ? configuration : configuration.WriteTo.Logger(_file)).CreateLogger();
    }

    /// <summary>For the processor, its fabrics and slaves.</summary>
    internal ILogger Logger => _logger;

    /// <summary>For what the user must see at normal verbosity without its being a warning.</summary>
    internal ILogger Hosting => _logger.ForContext(Constants.SourceContextPropertyName, HostingContext);

    /// <summary>Tells of a failure: to standard error as it is, whatever the verbosity, and to the log file.</summary>
    internal void Report(string text)
    {
        _error.WriteLine(text);
        _file?.Error("{Report:l}", text);
    }

    /// <summary>Flushes and closes.</summary>
    public void Dispose()
    {
        _logger.Dispose();
        _file?.Dispose();
    }

    private static LogEventLevel Level(Verbosity verbosity) => verbosity switch
    {
        Verbosity.Quiet => LogEventLevel.Error,
        Verbosity.Normal => LogEventLevel.Warning,
        Verbosity.Verbose => LogEventLevel.Information,
        _ => LogEventLevel.Debug,
    };

    private static LoggerConfiguration Enriched() => new LoggerConfiguration()
        .Enrich.WithProperty("Rank", 0)
        .Enrich.WithProperty("Host", Environment.MachineName)
        .Enrich.WithProperty("Pid", Environment.ProcessId);

    private static Logger OpenFile(GivenValue file, Verbosity verbosity)
    {
        try
        {
            // The file sink tells nobody when it cannot write; so it is tried first.
            File.AppendText(file.Value).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{file.Origin} {file.Value}: cannot be written: {e.Message}");
        }

        var level = verbosity == Verbosity.Debug ? LogEventLevel.Debug : LogEventLevel.Information;
        return Enriched().MinimumLevel.Is(level).WriteTo.File(file.Value, outputTemplate: Template.Replace("HH:mm", "yyyy-MM-dd HH:mm", StringComparison.Ordinal), formatProvider: CultureInfo.InvariantCulture, shared: true).CreateLogger();
    }

    // Console.Error is routed to the command that runs; diagnostics are no command's output, so this sink has a writer of its own.
    private sealed class StandardErrorSink(LiveLine error, Verbosity verbosity) : ILogEventSink
    {
        private readonly MessageTemplateTextFormatter _formatter = new(Template, CultureInfo.InvariantCulture);
        private readonly LogEventLevel _least = Level(verbosity);

        public void Emit(LogEvent logEvent)
        {
            if (logEvent.Level < _least && !(verbosity == Verbosity.Normal && logEvent.Level == LogEventLevel.Information && IsHosting(logEvent)))
            {
                return;
            }

            using var text = new StringWriter(CultureInfo.InvariantCulture);
            _formatter.Format(logEvent, text);
            error.WriteLine(text.ToString().TrimEnd('\r', '\n'));
        }

        private static bool IsHosting(LogEvent logEvent)
            => logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out var context) && context is ScalarValue { Value: HostingContext };
    }
}
