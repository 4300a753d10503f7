using System;
using System.Collections.Generic;
using System.IO;

namespace HpcRuntime.Output;

/// <summary>
/// Shows the output of many commands on two streams, line by line: a line never lands inside another, also when both streams
/// are one terminal. Complete lines go out at once, in one write. A line that is not complete is held until its newline or
/// its command's end, which ends the line too. Only <c>\n</c> ends a line; the bytes are not looked at otherwise.
/// </summary>
/// <remarks>
/// A held line longer than 64 KiB is shown in pieces, each a line of its own, but only while all held lines together exceed
/// 16 MiB; memory stays below that and 64 KiB for each command under way. Any member may be called from any thread; a
/// stream that blocks holds up all callers.
/// </remarks>
public sealed class LineMerger : IDisposable
{
    /// <summary>Bytes of one line that are always held.</summary>
    internal const int LongLine = 64 * 1024;

    private readonly object _lock = new();
    private readonly Dictionary<(int Rank, long Command, OutputStream Stream), LineBuffer> _held = [];
    private readonly LineBuffer _page = new();
    private readonly Stream?[] _streams;
    private readonly bool _prefix;
    private readonly long _mostHeld;
    private readonly Action<OutputStream, Exception>? _broken;
    private long _heldBytes;
    private int _largestRank;
    private int _width = 1;

    /// <param name="output">Where standard output is shown. Not closed by this.</param>
    /// <param name="error">Where standard error is shown. Not closed by this.</param>
    /// <param name="prefix">Whether each line goes behind its rank, see <see cref="OutputFormat"/>.</param>
    /// <param name="broken">
    /// Called once for each stream that fails (a pipe whose reader has gone, a full disk), on the writing thread, inside no
    /// lock. What would be shown there from then on is dropped.
    /// </param>
    public LineMerger(Stream output, Stream error, bool prefix = false, Action<OutputStream, Exception>? broken = null)
        : this(output, error, prefix, broken, 16 * 1024 * 1024)
    {
    }

    internal LineMerger(Stream output, Stream error, bool prefix, Action<OutputStream, Exception>? broken, long mostHeld)
    {
        _streams = [output, error];
        _prefix = prefix;
        _broken = broken;
        _mostHeld = mostHeld;
    }

    /// <summary>The largest rank of the world, by which prefixes are aligned. It only grows. Default 0.</summary>
    public int LargestRank
    {
        get
        {
            lock (_lock)
            {
                return _largestRank;
            }
        }

        set
        {
            lock (_lock)
            {
                _largestRank = Math.Max(_largestRank, value);
                _width = OutputFormat.Width(_largestRank);
            }
        }
    }

    /// <summary>True once that stream has failed.</summary>
    public bool IsBroken(OutputStream stream)
    {
        lock (_lock)
        {
            return _streams[(int)stream] is null;
        }
    }

    /// <summary>Shows what a command printed.</summary>
    /// <param name="rank">The slave that printed.</param>
    /// <param name="command">Its command; any number that no other command under way on that rank has.</param>
    /// <param name="stream">Which of its streams.</param>
    /// <param name="bytes">The next bytes of that stream.</param>
    /// <param name="lastOfCommand">True when nothing more of this command comes on this stream: an open line is ended.</param>
    public void Write(int rank, long command, OutputStream stream, ReadOnlySpan<byte> bytes, bool lastOfCommand)
    {
        Exception? failure = null;
        lock (_lock)
        {
            if (_streams[(int)stream] is not null)
            {
                failure = Show((rank, command, stream), bytes, lastOfCommand);
            }
        }

        Report(stream, failure);
    }

    /// <summary>Ends what a command has left open on both streams: it ended, or its slave was lost.</summary>
    public void End(int rank, long command)
    {
        Write(rank, command, OutputStream.Out, default, true);
        Write(rank, command, OutputStream.Error, default, true);
    }

    /// <summary>Ends all lines left open, by rank and command, and flushes both streams.</summary>
    public void Dispose()
    {
        List<(int Rank, long Command, OutputStream Stream)> open;
        lock (_lock)
        {
            open = [.. _held.Keys];
        }

        open.Sort();
        foreach (var key in open)
        {
            Write(key.Rank, key.Command, key.Stream, default, true);
        }

        Flush(OutputStream.Out);
        Flush(OutputStream.Error);
    }

    private void Flush(OutputStream stream)
    {
        Exception? failure;
        lock (_lock)
        {
            failure = Send(stream, default, flush: true);
        }

        Report(stream, failure);
    }

    private void Report(OutputStream stream, Exception? failure)
    {
        if (failure is not null)
        {
            _broken?.Invoke(stream, failure);
        }
    }

    private Exception? Show((int Rank, long Command, OutputStream Stream) key, ReadOnlySpan<byte> bytes, bool last)
    {
        _held.TryGetValue(key, out var held);
        var complete = bytes.LastIndexOf((byte)'\n') + 1;
        var lines = bytes[..complete];
        var rest = bytes[complete..];
        _page.Clear();

        if (held is not null && complete > 0)
        {
            var first = lines.IndexOf((byte)'\n') + 1;
            AddLine(key, held.Bytes, lines[..first]);
            lines = lines[first..];
            held = Drop(key, held);
        }

        // What needs no change is not copied.
        var direct = !_prefix && _page.Length == 0 ? lines : default;
        AddLines(key, lines[direct.Length..]);

        if (last && rest.Length + (held?.Length ?? 0) > 0)
        {
            AddLine(key, held is null ? default : held.Bytes, rest);
            _page.Add("\n"u8);
            Drop(key, held);
        }
        else if (rest.Length > 0)
        {
            held = Hold(key, held, rest);
            if (held.Length > LongLine && _heldBytes > _mostHeld)
            {
                AddLine(key, held.Bytes, "\n"u8);
                Drop(key, held);
            }
        }

        return Send(key.Stream, direct, flush: false) ?? Send(key.Stream, _page.Bytes, flush: false);
    }

    private LineBuffer Hold((int Rank, long Command, OutputStream Stream) key, LineBuffer? held, ReadOnlySpan<byte> bytes)
    {
        if (held is null)
        {
            held = new LineBuffer();
            _held.Add(key, held);
        }

        held.Add(bytes);
        _heldBytes += bytes.Length;
        return held;
    }

    private LineBuffer? Drop((int Rank, long Command, OutputStream Stream) key, LineBuffer? held)
    {
        if (held is not null)
        {
            _heldBytes -= held.Length;
            _held.Remove(key);
        }

        return null;
    }

    private void AddLines((int Rank, long Command, OutputStream Stream) key, ReadOnlySpan<byte> lines)
    {
        if (!_prefix)
        {
            _page.Add(lines);
            return;
        }

        while (lines.Length > 0)
        {
            var end = lines.IndexOf((byte)'\n') + 1;
            AddLine(key, default, lines[..end]);
            lines = lines[end..];
        }
    }

    private void AddLine((int Rank, long Command, OutputStream Stream) key, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
    {
        if (_prefix)
        {
            Span<byte> prefix = stackalloc byte[OutputFormat.LongestPrefix + 16];
            _page.Add(prefix[..OutputFormat.WritePrefix(key.Rank, _width, key.Stream, prefix)]);
        }

        _page.Add(start);
        _page.Add(end);
    }

    private Exception? Send(OutputStream stream, ReadOnlySpan<byte> bytes, bool flush)
    {
        var target = _streams[(int)stream];
        if (target is null || (bytes.IsEmpty && !flush))
        {
            return null;
        }

        try
        {
            if (!bytes.IsEmpty)
            {
                target.Write(bytes);
            }

            target.Flush();
            return null;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException or UnauthorizedAccessException)
        {
            // The farm goes on without this view of its output; the caller is told once.
            _streams[(int)stream] = null;
            foreach (var (key, line) in _held)
            {
                if (key.Stream == stream)
                {
                    Drop(key, line);
                }
            }

            return e;
        }
    }
}
