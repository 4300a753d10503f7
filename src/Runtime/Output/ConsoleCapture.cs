using System;
using System.Threading;

namespace HpcRuntime.Output;

/// <summary>
/// Catches what a slave prints that shares its process with others (threads, or the master's own thread). Writes through
/// <see cref="Console.Out"/>, <see cref="Console.Error"/> and <see cref="Console.Write(string)"/> are routed by the flow of
/// execution they happen on: the command's thread and the tasks, timers and threads it starts. They arrive as UTF-8, byte for
/// byte, on every platform with <c>\n</c> at the end of a line unless the command sets <see cref="System.IO.TextWriter.NewLine"/>.
/// </summary>
/// <remarks>
/// <para>Beyond its reach: <see cref="Console.OpenStandardOutput()"/>, native code and child processes, which write to the
/// process's descriptors; flows started with their execution context suppressed (<c>UnsafeStart</c>,
/// <c>UnsafeQueueUserWorkItem</c>), which belong to nobody; and a writer swapped in with <see cref="Console.SetOut"/> while a
/// command runs, which is noticed when the next one begins. Fabrics of processes capture all of these.</para>
/// <para>Printing waits while 4 MiB are pending until they are taken. Printing on a flow that outlives its command goes to
/// <see cref="Leftover"/>, never to the next command.</para>
/// <para>Threads: one command at a time; <see cref="Begin"/> and <see cref="ICommandOutput.End"/> belong to the slave's
/// thread, everything else may be called from any.</para>
/// </remarks>
public sealed class ConsoleCapture : IOutputCapture, IDisposable
{
    private readonly CapturedOutput _leftover = new(null, long.MaxValue);
    private CapturedOutput? _running;

    /// <summary>Installs the process-wide routing of console writes, once.</summary>
    public ConsoleCapture()
    {
        ConsoleRouter.Ensure();
    }

    /// <summary>
    /// What flows that outlived their commands print, until <see cref="Dispose"/>. Never waits: beyond 4 MiB pending the rest is
    /// dropped and <see cref="ICommandOutput.Flooded"/> becomes true. Its End is the capture's.
    /// </summary>
    public ICommandOutput Leftover => _leftover;

    /// <summary>Whether a command has begun and not ended. From any thread.</summary>
    internal bool IsInCommand => Volatile.Read(ref _running) is { HasEnded: false };

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The capture was disposed.</exception>
    public ICommandOutput Begin(long limit)
    {
        ObjectDisposedException.ThrowIf(_leftover.HasEnded, this);
        ConsoleRouter.Ensure();
        var output = new CapturedOutput(_leftover, limit);
        Volatile.Write(ref _running, output);
        output.Enter();
        return output;
    }

    /// <summary>
    /// Stops catching: a writer that waits for room goes on at once, and what the slave's flows print from now on goes to the
    /// writer that was there before. Pending bytes can still be taken. May be called from any thread.
    /// </summary>
    public void Dispose()
    {
        _leftover.Close();
        Volatile.Read(ref _running)?.Close();
    }
}
