using System;
using System.IO;
using System.IO.Pipes;
using System.Text;
using System.Threading;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>Standard error of mpiexec on its way to ours. Words for the run's record are taken out, and what Open MPI says of every lost rank and of every agent, whatever happens, is left out;
/// all else passes as it comes, byte for byte.</summary>
internal sealed class MpiexecErrors : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    private readonly System.Threading.Thread _reader;

    /// <summary>Begins to pass on.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="takeWord">Takes a line, without its end, that begins with <see cref="RunFolder.WordMark"/>; false when it is no word of this run. On a thread of its own.</param>
    internal MpiexecErrors(Stream output, Taker takeWord)
    {
        _reader = new System.Threading.Thread(() => Pass(_pipe, output, takeWord)) { IsBackground = true, Name = "mpiexec's standard error" };
    }

    /// <summary>Takes a line that is meant for it; false for any other.</summary>
    internal delegate bool Taker(ReadOnlySpan<byte> line);

    /// <summary>The descriptor that becomes mpiexec's standard error.</summary>
    internal int Descriptor => (int)_pipe.ClientSafePipeHandle.DangerousGetHandle();

    /// <summary>Called once mpiexec has the descriptor.</summary>
    internal void Begin()
    {
        _pipe.DisposeLocalCopyOfClientHandle();
        _reader.Start();
    }

    /// <summary>Passes on what is still to come; a process that outlives the run and keeps the descriptor is not waited for.</summary>
    public void Dispose()
    {
        if (!_reader.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _reader.Join(LastWords);
        }

        _pipe.Dispose();
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
            // Nobody reads our standard error any more, or the run is over.
        }
    }

    private static bool SaysNothing(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        return (text.Contains("PMIX ERROR: BAD-PARAM in file", StringComparison.Ordinal) && text.Contains("pmix_event_notification.c", StringComparison.Ordinal))
            || text.Contains("plm:rsh: Warning: setpgid(", StringComparison.Ordinal);
    }
}
