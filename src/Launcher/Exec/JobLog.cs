using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary>The log of jobs that have ended, a line each, in GNU parallel's format. Each line is in the system's hands when its job counts as ended: a kill of this process loses none.</summary>
internal sealed class JobLog : IDisposable
{
    private const string Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";
    private const int TimedOutCode = -1;
    private readonly FileStream _file;
    private readonly Dictionary<long, (int CommandHash, bool Succeeded)> _before = [];
    private readonly string _name;
    private readonly bool _repeatFailed;

    /// <summary>Opens the log; with <paramref name="resume"/> what is in it counts as done, and half a line at its end is taken away.</summary>
    /// <exception cref="UsageException">It cannot be read or written, or is no such log.</exception>
    internal JobLog(string name, bool resume, bool repeatFailed)
    {
        _name = name;
        _repeatFailed = repeatFailed;
        try
        {
            _file = new FileStream(name, resume ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--joblog {name}: cannot be written: {e.Message}");
        }

        ReadBefore();
        if (_file.Position == 0)
        {
            Write(Header);
        }
    }

    /// <summary>Jobs that need not be run again.</summary>
    internal int DoneBefore { get; private set; }

    /// <summary>Whether an earlier run has ended this job.</summary>
    /// <exception cref="UsageException">There it was another command.</exception>
    internal bool IsDone(ExecJob job, string command)
    {
        if (!_before.TryGetValue(job.Number, out var former))
        {
            return false;
        }

        return former.CommandHash == Hash(OneLine(command))
            ? former.Succeeded || !_repeatFailed
            : throw new UsageException(FormattableString.Invariant($"--resume: job {job.Number} is another command than in {_name}: now it is '{command}'. Give the same command and input, or another log."));
    }

    /// <summary>Adds a job that has ended.</summary>
    internal void Add(long number, ExternalResult result, long printed, string command)
    {
        var runtime = result.Duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture).PadLeft(10);
        var started = (result.StartedAt.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);
        var code = result.TimedOut ? TimedOutCode : result.ExitCode;
        Write(string.Create(CultureInfo.InvariantCulture, $"{number}\t{result.Host}\t{started}\t{runtime}\t0\t{printed}\t{code}\t{result.Signal}\t{OneLine(command)}"));
    }

    /// <summary>Adds a job that no slave could end.</summary>
    internal void AddLost(long number, string command, DateTimeOffset now)
        => Write(string.Create(CultureInfo.InvariantCulture, $"{number}\t:\t{now.ToUnixTimeMilliseconds() / 1000.0:0.000}\t{"0.000",10}\t0\t0\t{TimedOutCode}\t0\t{OneLine(command)}"));

    public void Dispose() => _file.Dispose();

    /// <summary>A command of several lines would be several lines of the log, as it is in GNU parallel's, which then cannot be read back.</summary>
    private static string OneLine(string command) => command.AsSpan().ContainsAny('\n', '\t')
        ? command.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
        : command;

    /// <summary>FNV-1a, for string.GetHashCode differs from run to run.</summary>
    private static int Hash(string line)
    {
        var hash = 2166136261u;
        foreach (var letter in line)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return (int)hash;
    }

    private void ReadBefore()
    {
        var end = 0L;
        var line = 0;
        foreach (var (text, position) in Lines())
        {
            line++;
            if (line == 1)
            {
                end = text == Header ? position : throw new UsageException($"--joblog {_name}: is no log of hpcrun exec or GNU parallel; its first line is '{text}'.");
                continue;
            }

            var fields = text.Split('\t', 9);
            if (fields.Length < 9 || !long.TryParse(fields[0], CultureInfo.InvariantCulture, out var number) || !int.TryParse(fields[6], CultureInfo.InvariantCulture, out var code) || !int.TryParse(fields[7], CultureInfo.InvariantCulture, out var signal))
            {
                throw new UsageException(FormattableString.Invariant($"--joblog {_name}: line {line} is not of such a log: '{text}'."));
            }

            _before[number] = (Hash(fields[8]), code == 0 && signal == 0);
            end = position;
        }

        DoneBefore = _before.Count;
        _file.SetLength(end);
        _file.Position = end;
    }

    /// <summary>The whole lines of the file, each with the position behind it. Half a line at the end, left by a kill, is none.</summary>
    private List<(string Text, long End)> Lines()
    {
        var lines = new List<(string, long)>();
        var bytes = new byte[_file.Length];
        _file.Position = 0;
        _file.ReadExactly(bytes);
        var start = 0;
        int length;
        while ((length = bytes.AsSpan(start).IndexOf((byte)'\n')) >= 0)
        {
            lines.Add((Encoding.UTF8.GetString(bytes, start, length), start + length + 1));
            start += length + 1;
        }

        return lines;
    }

    private void Write(string line) => _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
}
