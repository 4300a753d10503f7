using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using HpcRuntime.DataParallel;
using HpcRuntime.Output;

namespace HpcRuntime.Launcher.Exec;

/// <summary>Writes what jobs print, job by job, each whole: as they end, or in the order of the input. One thread.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="keepsOrder">Whether jobs that end early are held back.</param>
/// <param name="tags">Whether each line stands behind the job's values.</param>
/// <param name="shows">Whether anything is written at all.</param>
/// <param name="written">Called once what a job printed has been written, or skipped: it counts as ended from then on.</param>
internal sealed class ExecOutput(Stream output, Stream error, bool keepsOrder, bool tags, bool shows, Action<EndedJob> written) : IDisposable
{
    private readonly Dictionary<long, EndedJob> _held = [];
    private long _next = 1;

    /// <summary>Jobs that ended before others whose turn it is.</summary>
    internal int Held => _held.Count;

    /// <summary>Takes a job that has ended.</summary>
    internal void Add(EndedJob job)
    {
        if (!keepsOrder)
        {
            Write(job);
        }
        else if (job.Number != _next)
        {
            job.Hold();
            _held.Add(job.Number, job);
        }
        else
        {
            Write(job);
            _next++;
            while (_held.Remove(_next, out var held))
            {
                Write(held);
                _next++;
            }
        }
    }

    /// <summary>A job that is not run; in order, those behind it need not wait for it.</summary>
    internal void Skip(long number) => Add(new EndedJob(number, [], null, () => { }));

    /// <summary>Writes what is still held: the jobs it waited for will not come.</summary>
    internal void Flush()
    {
        foreach (var number in new SortedSet<long>(_held.Keys))
        {
            Write(_held[number]);
        }

        _held.Clear();
    }

    public void Dispose()
    {
        foreach (var job in _held.Values)
        {
            job.Dispose();
        }
    }

    private void Write(EndedJob job)
    {
        var prefix = tags ? Encoding.UTF8.GetBytes(string.Join(' ', job.Values) + "\t") : null;
        using (job)
        {
            if (shows)
            {
                Copy(job.OpenOut(), output, prefix);
                Copy(job.OpenError(), error, prefix);
            }

            job.AfterOutput();
        }

        written(job);
    }

    private static void Copy(Stream source, Stream target, byte[]? prefix)
    {
        using (source)
        {
            if (prefix is null)
            {
                source.CopyTo(target);
            }
            else
            {
                CopyTagged(source, target, prefix);
            }
        }
    }

    private static void CopyTagged(Stream source, Stream target, byte[] prefix)
    {
        var buffer = new byte[64 * 1024];
        using var tagged = new MemoryStream();
        var atStart = true;
        int count;
        while ((count = source.Read(buffer)) > 0)
        {
            var rest = buffer.AsSpan(0, count);
            while (rest.Length > 0)
            {
                if (atStart)
                {
                    tagged.Write(prefix);
                }

                var end = rest.IndexOf((byte)'\n');
                atStart = end >= 0;
                var line = atStart ? rest[..(end + 1)] : rest;
                tagged.Write(line);
                rest = rest[line.Length..];
            }

            target.Write(tagged.GetBuffer().AsSpan(0, (int)tagged.Length));
            tagged.SetLength(0);
        }
    }
}

/// <summary>A job that has ended, and what it printed until that is written.</summary>
/// <param name="number">Its number.</param>
/// <param name="values">What its placeholders were filled with.</param>
/// <param name="result">How it ended; null for a job that was not run or could not end.</param>
/// <param name="afterOutput">Run once its output is written: what is told of it on standard error.</param>
internal sealed class EndedJob(long number, IReadOnlyList<string> values, ExternalResult? result, Action afterOutput) : IDisposable
{
    private OutputSpool? _out;
    private OutputSpool? _error;

    internal long Number => number;

    internal IReadOnlyList<string> Values => values;

    internal ExternalResult? Result => result;

    /// <summary>The command as it is logged.</summary>
    internal string CommandLine { get; init; } = string.Empty;

    /// <summary>Bytes that it printed.</summary>
    internal long Printed { get; } = result is null ? 0 : result.Out.LongLength + result.Error.LongLength;

    internal void AfterOutput() => afterOutput();

    internal Stream OpenOut() => _out?.OpenRead() ?? new MemoryStream(result?.Out ?? [], writable: false);

    internal Stream OpenError() => _error?.OpenRead() ?? new MemoryStream(result?.Error ?? [], writable: false);

    /// <summary>It must wait: what it printed goes where much of it does not fill the memory.</summary>
    internal void Hold()
    {
        if (result is { Out.Length: > 0 })
        {
            (_out = new OutputSpool()).Append(result.Out);
            result.Out = [];
        }

        if (result is { Error.Length: > 0 })
        {
            (_error = new OutputSpool()).Append(result.Error);
            result.Error = [];
        }
    }

    public void Dispose()
    {
        _out?.Dispose();
        _error?.Dispose();
    }
}
