using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Output;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary>Runs the jobs of a plan on a processor. A thread of its own reads the input and submits, at most a window ahead; the calling thread takes what has ended.</summary>
internal sealed class ExecRun : IDisposable
{
    /// <summary>Jobs that may be submitted and not ended, for each slave: enough that none waits for input, and no more memory than that.</summary>
    private const int WindowForEachSlave = 32;

    /// <summary>Jobs that may have ended while the output of an earlier one is waited for.</summary>
    private const int MostHeld = 10_000;

    private readonly Processor _processor;
    private readonly ExecPlan _plan;
    private readonly Action<string> _tell;
    private readonly bool _tellsAll;
    private readonly JobLog? _log;
    private readonly ResultsFolder? _results;
    private readonly ExecOutput _output;
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<(ExecJob Job, Outcome<ExternalResult>? Outcome)?> _news = [];
    private readonly object _gate = new(); // Guards the four below.
    private int _inFlight;
    private bool _stopping;
    private bool _inputEnded;
    private ExceptionDispatchInfo? _inputError;

    // The calling thread only.
    private long _failed;
    private long _succeeded;
    private long _lost;
    private bool _interrupted;
    private bool _halted;
    private int _roomOwed;

    /// <summary>A run.</summary>
    /// <param name="processor">Runs the jobs.</param>
    /// <param name="plan">The jobs.</param>
    /// <param name="tell">Tells one line on standard error.</param>
    /// <param name="tellsAll">Whether jobs that ended with an exit code of their own are told one by one.</param>
    internal ExecRun(Processor processor, ExecPlan plan, Action<string> tell, bool tellsAll)
    {
        _processor = processor;
        _plan = plan;
        _tell = tell;
        _tellsAll = tellsAll;
        _log = plan.JobLog is { } log ? new JobLog(log, plan.Resumes, plan.RepeatsFailed) : null;
        _results = plan.Results is { } folder ? new ResultsFolder(folder) : null;
        _output = new ExecOutput(processor.Options.StandardOutput ?? HostStreams.Out, processor.Options.StandardError ?? HostStreams.Error, plan.KeepsOrder, plan.Tags, plan.Results is null, CountAsEnded);

        // A policy that stops handing out must find every job that was handed out running.
        var slaves = Math.Max(1, processor.SlaveCount);
        _room = new SemaphoreSlim(plan.Halt.When == HaltWhen.Never ? Math.Max(256, slaves * WindowForEachSlave) : slaves);
    }

    /// <summary>Runs all jobs; the exit code.</summary>
    internal int Run()
    {
        new Thread(ReadInput) { IsBackground = true, Name = "hpcrun exec input" }.Start();
        try
        {
            while (!IsOver())
            {
                if (_news.Take() is ({ } job, var outcome))
                {
                    Take(job, outcome);
                }
            }

            _output.Flush();
        }
        catch (IOException e)
        {
            // Whoever reads standard output has gone, or a disk is full: nobody would see what further jobs print.
            _tell($"hpcrun exec: what jobs print can no longer be written: {e.Message}");
            return ExitCodes.Failed;
        }
        finally
        {
            Stop(HaltWhen.Now);
        }

        _inputError?.Throw();
        if (_interrupted)
        {
            throw new OperationCanceledException("hpcrun exec was interrupted.");
        }

        if (_failed + _lost > 0)
        {
            _tell(string.Create(CultureInfo.InvariantCulture, $"hpcrun exec: {_failed + _lost} of {_failed + _lost + _succeeded} jobs failed"));
        }

        return _halted && !_plan.Halt.CountsFailures ? ExitCodes.Success : _lost > 0 ? ExitCodes.SlaveLost : _failed > 0 ? ExitCodes.Failed : ExitCodes.Success;
    }

    public void Dispose()
    {
        _output.Dispose();
        _log?.Dispose();
        _stop.Dispose();
    }

    private bool IsOver()
    {
        lock (_gate)
        {
            return _inFlight == 0 && (_inputEnded || _stopping) && _news.Count == 0;
        }
    }

    /// <summary>On a thread of its own, because reading may block for as long as whoever writes the input likes.</summary>
    private void ReadInput()
    {
        try
        {
            foreach (var job in _plan.Jobs)
            {
                if (_log is not null && _log.IsDone(job, Shown(job, null)))
                {
                    _news.Add((job, null));
                    continue;
                }

                _room.Wait(_stop.Token);
                lock (_gate)
                {
                    if (_stopping)
                    {
                        break;
                    }

                    _inFlight++;
                }

                Submit(job);
            }
        }
        catch (OperationCanceledException)
        {
            // The calling thread wants no more.
        }
        catch (Exception failed)
        {
            // It belongs to the calling thread, once the jobs that were submitted have ended.
            _inputError = ExceptionDispatchInfo.Capture(failed);
        }

        lock (_gate)
        {
            _inputEnded = true;
        }

        _news.Add(null);
    }

    private void Submit(ExecJob job)
    {
        job.Tries++;
        var slotMark = job.CommandLine.Contains(_plan.Template.SlotMark, StringComparison.Ordinal) ? _plan.Template.SlotMark : null;
        var command = new ExecCommand(job.Number, job.Program, [.. job.Arguments], slotMark, _plan.Settings);
        _processor.SubmitForOutcome(command, null, _stop.Token).ContinueWith(
            (outcome, state) => _news.Add(((ExecJob)state!, outcome.Result)),
            job,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Take(ExecJob job, Outcome<ExternalResult>? outcome)
    {
        if (outcome is null)
        {
            _output.Skip(job.Number);
            return;
        }

        // One that lost its slave has been tried as often as it may be, by the processor.
        var succeeded = outcome is { IsDone: true, Value.Succeeded: true };
        if (!succeeded && outcome.Command.Status != CommandStatus.Cancelled && outcome.Error is not SlaveLostException && job.Tries < _plan.Tries && !_stop.IsCancellationRequested)
        {
            Submit(job);
            return;
        }

        lock (_gate)
        {
            _inFlight--;
        }

        switch (outcome)
        {
            case { Command.Status: CommandStatus.Cancelled }:
                _interrupted |= !_halted;
                Stop(HaltWhen.Now);
                _output.Skip(job.Number);
                break;
            case { IsDone: true }:
                TakeResult(job, outcome.Value, outcome.Command.Rank);
                break;
            default:
                _lost += outcome.Error is SlaveLostException ? 1 : 0;
                _failed += outcome.Error is SlaveLostException ? 0 : 1;
                _output.Add(new EndedJob(job.Number, job.Values, null, () =>
                {
                    _tell($"hpcrun exec: job {job.Number} ({Shown(job, null)}): {outcome.Error!.Message}");
                    _log?.AddLost(job.Number, Shown(job, null), TimeProvider.System.GetUtcNow());
                }));
                break;
        }

        if (!_halted && _plan.Halt.IsReached(_failed + _lost, _succeeded))
        {
            _halted = true;
            _tell($"hpcrun exec: stopping after job {job.Number} ({Shown(job, null)})");
            Stop(_plan.Halt.When);
        }

        GiveRoom();
    }

    private void TakeResult(ExecJob job, ExternalResult result, int rank)
    {
        _succeeded += result.Succeeded ? 1 : 0;
        _failed += result.Succeeded ? 0 : 1;
        _results?.Add(job, result);
        var shown = Shown(job, rank);
        _output.Add(new EndedJob(job.Number, job.Values, result, () =>
        {
            if (!result.Succeeded && (_tellsAll || result.Trouble is not null || result.Signal > 0))
            {
                _tell($"hpcrun exec: job {job.Number} ({shown}): {result.Explain()}");
            }
        })
        { CommandLine = Shown(job, null) });
    }

    /// <summary>What the job printed is written: from now on it need not be run again.</summary>
    private void CountAsEnded(EndedJob job)
    {
        if (job.Result is { } result)
        {
            _log?.Add(job.Number, result, job.Printed, job.CommandLine);
        }
    }

    /// <summary>Lets the next job in, unless too many wait for the output of an earlier one.</summary>
    private void GiveRoom()
    {
        _roomOwed++;
        if (_output.Held < MostHeld)
        {
            _room.Release(_roomOwed);
            _roomOwed = 0;
        }
    }

    private void Stop(HaltWhen when)
    {
        lock (_gate)
        {
            _stopping = true;
        }

        if (when == HaltWhen.Now)
        {
            _stop.Cancel();
        }
    }

    /// <summary>The command as it is told; where it asks for its slave, with the one that ran it, and before that with the question.</summary>
    private string Shown(ExecJob job, int? rank) => job.CommandLine.Replace(_plan.Template.SlotMark, rank?.ToString(CultureInfo.InvariantCulture) ?? "{%}", StringComparison.Ordinal);
}
