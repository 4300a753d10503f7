using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.DataParallel;

/// <summary>One run of a program: started, fed, read, waited for, ended if need be. Everything happens on the calling thread but the reading and feeding.</summary>
internal sealed class ProgramRun(ExternalCommand command)
{
    private const int ErrorNoEntry = 2;
    private const int ErrorAccess = 13;
    private const int ErrorExecFormat = 8;
    private const int ErrorTooLong = 7;

    /// <summary>How often it is asked whether a program that has not closed its streams has ended.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private static long _runs;

    private readonly string _mark = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Stopwatch.GetTimestamp()}-{Interlocked.Increment(ref _runs)}");
    private readonly ExternalResult _result = new(command.ToString(), TimeProvider.System.GetUtcNow());

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled; the program is gone.</exception>
    internal ExternalResult Execute(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var process = new Process();
        if (!TryStart(process))
        {
            return _result;
        }

        var started = Stopwatch.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (command.Timeout is { } timeout)
        {
            stop.CancelAfter(timeout);
        }

        try
        {
            Attend(process, stop.Token);
        }
        catch
        {
            new ProcessTree(process, _mark).Kill();
            throw;
        }

        _result.Duration = Stopwatch.GetElapsedTime(started);
        _result.ExitCode = process.ExitCode;
        cancellation.ThrowIfCancellationRequested();
        return _result;
    }

    private bool TryStart(Process process)
    {
        var directory = Path.GetFullPath(command.WorkingDirectory ?? Environment.CurrentDirectory);
        if (!Directory.Exists(directory))
        {
            return Refuse(ExitExplanation.NotFound, $"there is no directory {directory} for it to run in");
        }

        var captures = command.Output == ExternalOutput.Captured;
        var start = process.StartInfo;
        start.UseShellExecute = false;
        start.WorkingDirectory = command.WorkingDirectory is null ? string.Empty : directory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = captures;
        start.RedirectStandardError = captures;
        start.Environment[ProcessTree.Variable] = _mark;
        foreach (var (name, value) in command.Environment ?? new System.Collections.Generic.Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        foreach (var argument in command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var path = start.Environment.TryGetValue("PATH", out var folders) ? folders : null;
        var (found, refused) = ProgramPath.Find(command.Program, path, directory);
        if (found is null)
        {
            return refused is null
                ? Refuse(ExitExplanation.NotFound, ExitExplanation.DescribeNotFound(command.Program, path))
                : Refuse(ExitExplanation.NotExecutable, ExitExplanation.DescribeNotExecutable(refused, Directory.Exists(refused) ? "it is a directory" : "nobody may execute it (chmod +x)"));
        }

        start.FileName = found;
        try
        {
            process.Start();
        }
        catch (Win32Exception e) when (e.NativeErrorCode is ErrorNoEntry or ErrorAccess or ErrorExecFormat or ErrorTooLong)
        {
            return Refuse(ExitExplanation.NotExecutable, ExitExplanation.DescribeNotExecutable(found, e.NativeErrorCode switch
            {
                ErrorNoEntry => "the interpreter in its first line, or its loader, is not there",
                ErrorAccess => "this user may not",
                ErrorExecFormat => "it is neither a program for this machine nor a script that begins with #!",
                _ => "its arguments and environment are longer than the system allows",
            }));
        }

        _result.ProcessId = process.Id;
        return true;
    }

    private bool Refuse(int exitCode, string reason)
    {
        _result.ExitCode = exitCode;
        _result.Trouble = reason;
        return false;
    }

    /// <summary>Feeds and reads the program until it has ended.</summary>
    private void Attend(Process process, CancellationToken stop)
    {
        using var enough = new CancellationTokenSource();
        var feeding = FeedAsync(process.StandardInput.BaseStream, command.Input, enough.Token);
        if (command.Output == ExternalOutput.Inherited)
        {
            WaitForEnd(process, Task.CompletedTask, stop);
        }
        else
        {
            var output = new CapturedStream(process.StandardOutput.BaseStream, command.MaxOutput);
            var error = new CapturedStream(process.StandardError.BaseStream, command.MaxOutput);
            var reading = Task.WhenAll(output.ReadAsync(enough.Token), error.ReadAsync(enough.Token));
            WaitForEnd(process, reading, stop, output, error);
            var tree = new ProcessTree(process, _mark);
            Stragglers.Await(reading, () => (long)output.Length + error.Length, tree.HasOthers, Stragglers.Interval);
            enough.Cancel();
            reading.GetAwaiter().GetResult();
            if (output.Flooded || error.Flooded)
            {
                // It may have ended by itself before anybody saw.
                _result.Trouble ??= string.Create(CultureInfo.InvariantCulture, $"printed more than {command.MaxOutput} bytes (MaxOutput); the rest is not kept");
            }

            _result.Out = output.ToArray();
            _result.Error = error.ToArray();
        }

        enough.Cancel();
        feeding.GetAwaiter().GetResult();
    }

    private void WaitForEnd(Process process, Task reading, CancellationToken stop, params ReadOnlySpan<CapturedStream> streams)
    {
        var stopped = Task.Delay(Timeout.Infinite, stop);
        while (!process.HasExited)
        {
            if (reading.IsCompleted)
            {
                process.WaitForExit(Interval);
            }
            else
            {
                Task.WhenAny(reading, stopped).Wait(Interval, CancellationToken.None);
            }

            var flooded = false;
            foreach (var stream in streams)
            {
                flooded |= stream.Flooded;
            }

            if ((stop.IsCancellationRequested || flooded) && !process.HasExited)
            {
                End(process, flooded);
            }
        }

        process.WaitForExit();
    }

    private void End(Process process, bool flooded)
    {
        var tree = new ProcessTree(process, _mark);
        if (flooded)
        {
            _result.Trouble = string.Create(CultureInfo.InvariantCulture, $"was killed because it printed more than {command.MaxOutput} bytes (MaxOutput)");
        }
        else
        {
            _result.TimedOut = true;
            _result.Trouble = string.Create(CultureInfo.InvariantCulture, $"took longer than {command.Timeout?.TotalSeconds:0.###} s and was ended");
            tree.Ask();
            process.WaitForExit(command.Grace);
        }

        tree.Kill();
        process.WaitForExit();
    }

    private static async Task FeedAsync(Stream stream, byte[]? input, CancellationToken cancellation)
    {
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                if (input is { Length: > 0 })
                {
                    await stream.WriteAsync(input, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A program need not read all of its input.
        }
    }
}
