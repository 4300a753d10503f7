using System;
using System.IO;
using System.Linq;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>One application on one processor: opened, watched, run, ended, and what came of it as an exit code.</summary>
internal sealed class MasterRun
{
    // A signal ends the process within 2 s: so long it may unwind, then so long the last line may take, and then the end of the slaves.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan ReportPatience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AbortPatience = TimeSpan.FromMilliseconds(150);
    private readonly ProgramHost _host;
    private readonly HostSettings _settings;
    private readonly HostLog _log;
    private readonly Interruption _interruption;

    /// <summary>A run that ends the process with <paramref name="exit"/> when a signal finds it stuck.</summary>
    internal MasterRun(ProgramHost host, HostSettings settings, HostLog log, Action<int> exit)
    {
        _host = host;
        _settings = settings;
        _log = log;
        _interruption = new Interruption(log.Report, exit, Patience, ReportPatience, AbortPatience);
    }

    /// <summary>Runs <paramref name="main"/> on a processor over <paramref name="fabric"/>, which it disposes.</summary>
    internal int Run(Fabric fabric, ProcessorOptions options, Func<Processor, int> main)
    {
        using var signals = new SignalRegistrations(_interruption.Receive);
        var live = _settings.Progress != ProgressMode.Off && !Console.IsErrorRedirected && !Console.IsOutputRedirected;
        using var terminal = live ? new TerminalRouting(_host.Error) : null;
        if (terminal is not null)
        {
            options = options with { StandardOutput = terminal.Output, StandardError = terminal.Error };
        }

        var code = ExitCodes.Failed;
        try
        {
            using var trace = _settings.Trace is { } file ? new TraceFile(file, _log.Logger) : null;
            using var progress = live || _settings.Progress == ProgressMode.On ? new ProgressReporter(_host.Error, live) : null;
            options = options with { Observer = trace, Progress = progress, ProgressPeriod = ProgressReporter.Period(live) };
            using var processor = Open(fabric, options);
            _interruption.Attach(new Target(processor));
            code = RunMain(processor, progress, main);
        }
        catch (Exception e)
        {
            // The boundary of the program: whatever could not be opened or closed is told once and becomes an exit code.
            Report(e);
            code = code == ExitCodes.Success || code == ExitCodes.Failed ? ExitCodes.For(e) : code;
        }

        _interruption.ReportOnce();
        return _interruption.ExitCode ?? code;
    }

    /// <exception cref="UsageException">The value of an option makes no sense.</exception>
    private static Processor Open(Fabric fabric, ProcessorOptions options)
    {
        try
        {
            return new Processor(fabric, options);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private int RunMain(Processor processor, ProgressReporter? progress, Func<Processor, int> main)
    {
        int code;
        try
        {
            code = processor.ExitCodeFor(main(processor));
        }
        catch (Exception e)
        {
            // The boundary of the program: an exception of the application is told once and becomes an exit code.
            Report(e);
            code = ExitCodes.For(e);
        }
        finally
        {
            progress?.Dispose();
        }

        // The count is told before the processor is closed: closing may wait for slaves that do not leave.
        _interruption.ReportOnce();
        if (_settings.Stats)
        {
            _host.Error.WriteLine(StatisticsTable.Render(processor.Statistics));
        }

        return code;
    }

    private void Report(Exception exception)
    {
        // After a signal a cancellation is the answer to it, and the line on how much was done says so.
        if (_interruption.ExitCode is null || !IsCancellation(exception))
        {
            _log.Report(ErrorReport.Describe(exception));
        }
    }

    private static bool IsCancellation(Exception exception) => exception switch
    {
        OperationCanceledException => true,
        AggregateException many => many.Flatten().InnerExceptions is var all && all.All(inner => inner is OperationCanceledException),
        _ => false,
    };

    private sealed class Target(Processor processor) : IInterruptible
    {
        public void Cancel(string reason) => processor.Cancel(reason);

        public void Abort() => processor.Abort();

        public ProcessorStatistics Statistics => processor.Statistics;
    }

    /// <summary>While there is a live line, what the program prints takes it away first.</summary>
    private sealed class TerminalRouting : IDisposable
    {
        private readonly TextWriter _formerOut = Console.Out;
        private readonly TextWriter _formerError = Console.Error;

        internal TerminalRouting(LiveLine line)
        {
            Output = new LiveLineStream(line, Console.OpenStandardOutput());
            Error = new LiveLineStream(line, Console.OpenStandardError());
            Console.SetOut(LiveLineStream.Writer(Output));
            Console.SetError(LiveLineStream.Writer(Error));
        }

        internal LiveLineStream Output { get; }

        internal LiveLineStream Error { get; }

        public void Dispose()
        {
            Console.SetOut(_formerOut);
            Console.SetError(_formerError);
            Output.Dispose();
            Error.Dispose();
        }
    }
}
