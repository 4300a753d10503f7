using System;
using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>One run under mpiexec, from its start to what became of it. It believes the run's record, not mpiexec's exit code, which MPICH gets wrong in half of the failures;
/// it passes signals to rank 0, which knows how to end a run, and it ends a mpiexec that stays when the run is over.</summary>
internal sealed class MpiexecRun : IDisposable
{
    private const string DeathSignalSetter = "/usr/bin/setpriv"; // Of util-linux, which all but the smallest systems have.
    // The record may lie on a network's file system, which notifies nobody.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan QuietLook = TimeSpan.FromMilliseconds(400);

    private readonly LaunchRequest _request;
    private readonly RunFolder _folder;
    private readonly ChildProcess _mpiexec;
    private readonly MpiexecErrors _errors;
    private readonly LaunchTimes _times;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly object _gate = new();
    private int _signal; // Under the gate: the first that came.
    private TimeSpan? _deadline; // Under the gate: when mpiexec is told to end.
    private bool _told;

    /// <summary>Starts mpiexec, in a process group of its own: a Ctrl-C in the terminal reaches this process alone, which passes it on. Called by a thread that lives as long as the run may.</summary>
    /// <exception cref="NativeException">It cannot be started.</exception>
    internal MpiexecRun(LaunchRequest request, MpiexecCommand command, RunFolder folder, LaunchTimes times)
    {
        _request = request;
        _folder = folder;
        _times = times;
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? string.Empty);
        foreach (var (name, value) in command.Variables)
        {
            environment[name] = value;
        }

        _errors = new MpiexecErrors(Console.OpenStandardError(), folder.TryTake);
        string[] call = [command.File, .. command.Arguments];
        if (File.Exists(DeathSignalSetter))
        {
            // So that it does not outlive this process, whose death it would not notice.
            call = [DeathSignalSetter, "--pdeathsig", "TERM", .. call];
        }

        try
        {
            _mpiexec = Spawner.Start(new ProcessStart(call[0], call, environment) { Nulls = request.PassesInput ? [] : [0], Descriptors = [(2, _errors.Descriptor)], OwnGroup = true });
        }
        catch
        {
            _errors.Dispose();
            throw;
        }

        _errors.Begin();
    }

    /// <summary>Waits for the run to end, and says how it did.</summary>
    internal LaunchOutcome Wait()
    {
        TimeSpan? lossDue = null;
        var look = Look;
        while (!_mpiexec.WaitForEnd(look))
        {
            var mayHaveNews = _folder.MayHaveNews(_clock.Elapsed);
            look = mayHaveNews ? Look : QuietLook;
            if (mayHaveNews && _folder.Result is not null)
            {
                // Between its result and its end the application's own handlers may run. Before MPI has started there is nobody who takes leave.
                EndMpiexecIn(!_folder.MasterHasEnded ? _times.AfterResult : _folder.HasBegun ? _times.AfterEnd : _times.AfterLoss);
            }
            else if (mayHaveNews && IsLost())
            {
                lossDue ??= _clock.Elapsed + _times.AfterLoss;
            }

            if (_clock.Elapsed >= lossDue)
            {
                lossDue = null;
                if (IsLost()) // A slave that ended just before rank 0 said that all had begun is no loss of ours.
                {
                    EndMpiexecIn(TimeSpan.Zero);
                }
            }

            EndMpiexecWhenDue();
        }

        var end = _mpiexec.TryReap() ?? default;
        _errors.Finish(IsSignalled); // Its last words come before ours, and may be of the record.
        if (_told || _folder.Result is null) // Else all ranks have left by themselves, and what they leave running is meant to stay.
        {
            Remains.Kill(_folder.Path);
        }

        return Judge(end);
    }

    /// <summary>Passes a signal on. The first gives the run a little time, the second ends mpiexec at once. From any thread.</summary>
    internal void Receive(int signal)
    {
        bool first;
        lock (_gate)
        {
            first = _signal == 0;
            _signal = first ? signal : _signal;
        }

        EndMpiexecIn(first && SignalMaster(signal) ? _times.AfterSignal : TimeSpan.Zero);
    }

    /// <summary>Lets go of mpiexec; it is ended if it still runs.</summary>
    public void Dispose()
    {
        if (!_mpiexec.WaitForEnd(TimeSpan.Zero))
        {
            _mpiexec.Signal(Signals.Kill);
            _mpiexec.WaitForEnd(_times.BeforeKill);
            Remains.Kill(_folder.Path);
        }

        _ = _mpiexec.TryReap();
        _mpiexec.Dispose();
        _errors.Dispose();
    }

    /// <summary>A rank that ended before MPI had started on all: the others would wait for it for ever.</summary>
    private (string Rank, int Code, DateTime When)? StartFailure() => _folder.HasBegun ? null : _folder.FirstEndedSlave;

    /// <summary>Whether a daemon or a starting rank is lost.</summary>
    private bool IsLost() => _folder.LostDaemon is not null || StartFailure() is not null;

    private bool SignalMaster(int signal)
    {
        if (_folder.Master is not { } master)
        {
            return false; // It has not started.
        }

        if (_request.MasterIsHere)
        {
            return OwnProcess.Signal(master.Process, signal);
        }

        var host = _request.Placement!.Hosts[0].Host.Name;
        return _request.Options.Agent.Run(host, string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {master.Process}"), _times.AfterSignal).Code == 0;
    }

    private void EndMpiexecIn(TimeSpan time)
    {
        lock (_gate)
        {
            var due = _clock.Elapsed + time;
            _deadline = _deadline is { } earlier && earlier < due ? earlier : due;
        }
    }

    private void EndMpiexecWhenDue()
    {
        TimeSpan? deadline;
        lock (_gate)
        {
            deadline = _deadline;
        }

        if (deadline is null || _clock.Elapsed < deadline)
        {
            return;
        }

        if (!_told)
        {
            _told = true;
            _mpiexec.Signal(Signals.Terminate);
        }
        else if (_clock.Elapsed > deadline + _times.BeforeKill)
        {
            // It alone: hydra's daemons are of its group, and end the ranks when they miss it.
            _mpiexec.Signal(Signals.Kill);
        }
    }

    private bool IsSignalled()
    {
        lock (_gate)
        {
            return _signal != 0;
        }
    }

    private LaunchOutcome Judge(ProcessEnd end)
    {
        int signal;
        lock (_gate)
        {
            signal = _signal;
        }

        if (signal != 0)
        {
            return _folder.Result is { } code && code != 0 ? Finished(code) : new LaunchOutcome(LaunchEnd.Signalled, signal, string.Empty);
        }

        var failed = StartFailure();
        if (_folder.LostDaemon is { } lost && !(failed is { } earlier && earlier.When < lost.When && earlier.Code is not (129 or 137 or 143)))
        {
            return _folder.Master is not null && _folder.HasBegun
                ? new LaunchOutcome(LaunchEnd.Lost, 0, $"the run has ended: mpiexec's daemon on host {lost.Host} was lost (the agent that held it ended with code {Text(lost.Code)}).")
                : new LaunchOutcome(LaunchEnd.NotStarted, 0, $"the run could not begin: host {lost.Host} could not be reached, or mpiexec's daemon does not start there ({_request.Options.Agent.Name} ended with code {Text(lost.Code)}). Try `{_request.Options.Agent.Name} {lost.Host} true`; hpcrun doctor --hostfile FILE checks every host.");
        }

        if (failed is { } slave && _folder.Result is null or 137 or 143)
        {
            return new LaunchOutcome(LaunchEnd.NotStarted, 0, DescribeStartFailure(slave.Rank, slave.Code));
        }

        if (_folder.Result is { } result)
        {
            return Finished(result);
        }

        return new LaunchOutcome(_folder.Master is null ? LaunchEnd.NotStarted : LaunchEnd.Lost, 0,
            $"mpiexec ({_request.Installation.Mpiexec}) {end} {(_folder.Master is null ? "before any rank had started" : "while rank 0 was still running: it or its daemon on host " + Environment.MachineName + " was lost")}; its own words are above.");
    }

    private string DescribeStartFailure(string rank, int code)
    {
        var host = _request.Placement is { } placement && int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? placement.HostOf(number) : Environment.MachineName;
        var why = code switch
        {
            126 => $"{_request.Program[0]} cannot be run there",
            127 => $"{_request.Program[0]} is not there",
            _ => $"it ended with code {Text(code)}",
        };
        return $"the run could not begin: rank {rank} on host {host} did not start: {why}. The program and .NET must be at the same place on every host; hpcrun doctor --hostfile FILE checks that.";
    }

    private static LaunchOutcome Finished(int code) => new(LaunchEnd.Finished, code, string.Empty);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How long a run may take to end.</summary>
/// <param name="AfterEnd">For mpiexec, when rank 0 has ended.</param>
/// <param name="AfterResult">For all, when rank 0 has told its exit code.</param>
/// <param name="AfterLoss">For mpiexec, when a daemon or a starting rank is lost, rank 0 among them.</param>
/// <param name="AfterSignal">For the whole run, after a signal.</param>
/// <param name="BeforeKill">Between mpiexec's SIGTERM and its SIGKILL.</param>
internal sealed record LaunchTimes(TimeSpan AfterEnd, TimeSpan AfterResult, TimeSpan AfterLoss, TimeSpan AfterSignal, TimeSpan BeforeKill)
{
    /// <summary>The times in use.</summary>
    internal static LaunchTimes Default { get; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2.5));
}
