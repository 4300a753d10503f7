using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using HpcRuntime.Backends.Native;
using Microsoft.Win32.SafeHandles;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>Standard error of mpiexec on its way to ours. Words for the run's record are taken out, and what Open MPI says of every lost rank and of every agent, whatever happens, is left out;
/// all else passes as it comes, byte for byte. Words are taken as they come, also while nobody reads our standard error, and where it cannot be written.</summary>
internal sealed class MpiexecErrors : IDisposable
{
    private const int QueueLength = 4096; // Pieces of up to 8 KiB: beyond 32 MiB the ranks wait for whoever reads.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    // No AnonymousPipeServerStream: it ends only when nobody reads from it, and a process that outlives mpiexec, as the agent of a host that was cut off, may have one read for ever.
    private readonly FileStream _input;
    private readonly SafeFileHandle _mpiexecs;
    private readonly WriteQueue _queue;
    private readonly System.Threading.Thread _reader;

    /// <summary>Begins to pass on.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="takeWord">Takes a line, without its end, that begins with <see cref="RunFolder.WordMark"/>; false when it is no word of this run. On a thread of its own.</param>
    internal MpiexecErrors(Stream output, Taker takeWord)
    {
        (var read, _mpiexecs) = Descriptors.Pipe();
        _input = new FileStream(read, FileAccess.Read, bufferSize: 0);
        _queue = new WriteQueue(output, QueueLength);
        _reader = new System.Threading.Thread(() => Pass(_input, _queue, takeWord)) { IsBackground = true, Name = "mpiexec's standard error" };
    }

    /// <summary>Takes a line that is meant for it; false for any other.</summary>
    internal delegate bool Taker(ReadOnlySpan<byte> line);

    /// <summary>The descriptor that becomes mpiexec's standard error.</summary>
    internal int Descriptor => (int)_mpiexecs.DangerousGetHandle();

    /// <summary>Called once mpiexec has the descriptor.</summary>
    internal void Begin()
    {
        _mpiexecs.Dispose();
        _reader.Start();
    }

    /// <summary>Passes on what is still to come, however long whoever reads it takes; a process that outlives the run and keeps the descriptor is not waited for. After <see cref="Begin"/>.</summary>
    /// <param name="isHurried">Whether the user wants to leave: then it is given up after a second. Asked again and again.</param>
    internal void Finish(Func<bool> isHurried)
    {
        var clock = Stopwatch.StartNew();
        while (!_reader.Join(Look) && clock.Elapsed < LastWords)
        {
            if (_queue.IsFull && !isHurried())
            {
                clock.Restart(); // There is more to come behind what nobody has read yet.
            }
        }

        while (!_queue.Finish(Look) && !isHurried())
        {
        }

        _queue.Finish(LastWords);
    }

    /// <summary>Gives up what has not passed.</summary>
    public void Dispose()
    {
        _queue.Finish(TimeSpan.Zero);
        _mpiexecs.Dispose();
        _input.Dispose();
    }

    /// <summary>Copies <paramref name="input"/> to its end, but for words and for the lines that say nothing. Only a line that begins as those do waits for its end;
    /// a word begins anywhere, since it may come behind a line that has no end.</summary>
    internal static void Pass(Stream input, Stream output, Taker takeWord)
    {
        var buffer = new byte[8192];
        var line = new byte[buffer.Length];
        var (kept, atStart) = (0, true);
        try
        {
            for (int read; (read = input.Read(buffer)) > 0;)
            {
                var passed = 0; // Bytes of the buffer that are dealt with.
                for (var i = 0; i < read; i++)
                {
                    var begins = buffer[i] == RunFolder.WordMark || (kept == 0 && atStart && buffer[i] == '[');
                    if (begins && kept > 0)
                    {
                        output.Write(line, 0, kept);
                        (kept, atStart) = (0, false);
                    }

                    if (kept == 0 && !begins)
                    {
                        atStart = buffer[i] == '\n';
                        continue;
                    }

                    output.Write(buffer, passed, i - passed);
                    passed = i + 1;
                    line[kept++] = buffer[i];
                    if (buffer[i] != '\n' && kept < line.Length)
                    {
                        continue;
                    }

                    if (line[0] == RunFolder.WordMark ? !takeWord(line.AsSpan(0, kept - 1)) : !SaysNothing(line.AsSpan(0, kept)))
                    {
                        output.Write(line, 0, kept);
                        atStart = buffer[i] == '\n';
                    }

                    kept = 0;
                }

                output.Write(buffer, passed, read - passed);
                output.Flush();
            }

            output.Write(line, 0, kept);
            output.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private static bool SaysNothing(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        return (text.Contains("PMIX ERROR: BAD-PARAM in file", StringComparison.Ordinal) && text.Contains("pmix_event_notification.c", StringComparison.Ordinal))
            || text.Contains("plm:rsh: Warning: setpgid(", StringComparison.Ordinal);
    }
}
