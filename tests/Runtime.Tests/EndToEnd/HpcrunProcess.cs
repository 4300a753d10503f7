using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>The built hpcrun, as a process of its own, with an empty standard input and none of this run's HPCRUNTIME_ variables. Killed when it is disposed or too slow.</summary>
internal sealed class HpcrunProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(240); // Against a hang only.
    private static readonly string Hpcrun = Path.Combine(AppContext.BaseDirectory, "hpcrun.dll");
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly BlockingCollection<string> _lines = [];
    private int _ended;

    private HpcrunProcess(string assembly, IEnumerable<string> args, IEnumerable<(string Name, string Value)> environment, params string[] before)
    {
        string[] words = [.. before, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", assembly, .. args];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in start.Environment.Keys.Where(name => name.StartsWith("HPCRUNTIME_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(variable);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The built hpcrun, for a line of the shell.</summary>
    internal static string ShellWords => $"'{Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"}' '{Hpcrun}'";

    internal int Id => _process.Id;

    /// <summary>Starts it.</summary>
    internal static HpcrunProcess Start(params string[] args) => Start([], args);

    /// <summary>Starts it with further variables.</summary>
    internal static HpcrunProcess Start((string Name, string Value)[] environment, params string[] args) => new(Hpcrun, args, environment);

    /// <summary>Starts it behind the words of a program that runs another.</summary>
    internal static HpcrunProcess StartBehind(string[] before, (string Name, string Value)[] environment, params string[] args) => new(Hpcrun, args, environment, before);

    /// <summary>Starts another program in its place.</summary>
    internal static HpcrunProcess StartProgram(string assembly, (string Name, string Value)[] environment, params string[] args) => new(assembly, args, environment);

    /// <summary>Runs it to its end.</summary>
    internal static (int Code, string Output, string Error) Run(params string[] args) => Run([], args);

    /// <summary>Runs it to its end with further variables.</summary>
    internal static (int Code, string Output, string Error) Run((string Name, string Value)[] environment, params string[] args)
    {
        using var hpcrun = new HpcrunProcess(Hpcrun, args, environment);
        return hpcrun.WaitForExit();
    }

    /// <summary>Waits for a line that contains <paramref name="text"/>, on either stream, and returns it.</summary>
    internal string WaitForLine(string text)
    {
        var clock = Stopwatch.StartNew();
        while (_lines.TryTake(out var line, Left(clock)))
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new TimeoutException($"No line with '{text}' came. Output:\n{Text(_output)}\nError:\n{Text(_error)}");
    }

    /// <summary>Waits for its end.</summary>
    internal (int Code, string Output, string Error) WaitForExit()
    {
        if (!_process.WaitForExit(Deadline))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"hpcrun did not end in {Deadline.TotalSeconds} s. Output:\n{Text(_output)}\nError:\n{Text(_error)}");
        }

        // Without a limit the wait includes the end of both streams.
        _process.WaitForExit();
        return (_process.ExitCode, Text(_output), Text(_error));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _lines.Dispose();
    }

    private static TimeSpan Left(Stopwatch clock) => clock.Elapsed < Deadline ? Deadline - clock.Elapsed : TimeSpan.Zero;

    private static string Text(StringBuilder builder)
    {
        lock (builder)
        {
            return builder.ToString();
        }
    }

    private void Keep(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }

            _lines.Add(line);
        }
        else if (Interlocked.Increment(ref _ended) == 2)
        {
            // Both streams have ended: whoever waits for a line need not wait on.
            _lines.CompleteAdding();
        }
    }
}
