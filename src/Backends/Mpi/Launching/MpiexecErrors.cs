using System;
using System.IO;
using System.IO.Pipes;
using System.Text;
using System.Threading;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>Standard error of mpiexec on its way to ours. What Open MPI says of every lost rank and of every agent, whatever happens, is left out; all else passes as it comes, byte for byte.</summary>
internal sealed class MpiexecErrors : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    private readonly System.Threading.Thread _reader;

    /// <summary>Begins to pass on.</summary>
    internal MpiexecErrors(Stream output)
    {
        _reader = new System.Threading.Thread(() => Pass(_pipe, output)) { IsBackground = true, Name = "mpiexec's standard error" };
    }

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

    /// <summary>Copies <paramref name="input"/> to its end, but for the lines that say nothing. Only a line that begins as those do waits for its end.</summary>
    internal static void Pass(Stream input, Stream output)
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
                    if (kept > 0 || (atStart && buffer[i] == '['))
                    {
                        output.Write(buffer, passed, i - passed);
                        passed = i + 1;
                        line[kept++] = buffer[i];
                        if (buffer[i] == '\n' || kept == line.Length)
                        {
                            if (!SaysNothing(line.AsSpan(0, kept)))
                            {
                                output.Write(line, 0, kept);
                            }

                            kept = 0;
                        }
                    }

                    atStart = buffer[i] == '\n';
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
