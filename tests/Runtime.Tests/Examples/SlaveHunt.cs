using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Examples;

/// <summary>Which slaves are to be killed, and when: not by chance. The first message with commands is hit, then the third, the seventh and so on, ever fewer, so that every program comes to its end.
/// All of it happens on whichever thread drives the processor.</summary>
internal sealed partial class SlaveHunt : IProcessorObserver
{
    private const int SigStop = 19;
    private const int SigKill = 9;

    private readonly Dictionary<int, int> _processes = []; // By rank.
    private long _messages;
    private long _next = 1;

    /// <summary>Slaves killed so far, each with commands in its hands.</summary>
    internal int Kills { get; private set; }

    /// <summary>Whether the slave that commands are about to be sent to is to be hit.</summary>
    internal bool IsDue(int rank)
    {
        if (++_messages < _next || !_processes.ContainsKey(rank))
        {
            return false;
        }

        _next = (2 * _messages) + 1;
        return true;
    }

    /// <summary>Stops the slave, so that it cannot do what it is sent from now on.</summary>
    internal void Stop(int rank) => Send(rank, SigStop);

    /// <summary>Kills the slave.</summary>
    internal void Kill(int rank)
    {
        Send(rank, SigKill);
        _processes.Remove(rank);
        Kills++;
    }

    void IProcessorObserver.SlaveJoined(int rank, string name, long at) =>
        _processes[rank] = int.Parse(name[(name.LastIndexOf("-pid", StringComparison.Ordinal) + 4)..].Split('-')[0], CultureInfo.InvariantCulture);

    void IProcessorObserver.SlaveLeft(int rank, string reason, long at) => _processes.Remove(rank);

    void IProcessorObserver.AttemptEnded(in AttemptRecord attempt)
    {
    }

    void IProcessorObserver.ResultApplied(ICommandInfo command, long from, long to)
    {
    }

    private void Send(int rank, int signal)
    {
        if (Signal(_processes[rank], signal) != 0)
        {
            throw new InvalidOperationException($"Slave {rank}, process {_processes[rank]}, is not there to be hunted.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
