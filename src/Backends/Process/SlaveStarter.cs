using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Security.Cryptography;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>Starts slave processes of one run. On the thread that keeps them.</summary>
internal sealed class SlaveStarter
{
    private const int AppendFlag = 0x400;
    private const int SetStatusFlags = 4;

    private readonly ProcessSettings _settings;
    private readonly string _path;
    private readonly IReadOnlyList<string> _arguments;
    private readonly SlaveEnvironment _environment;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SlavePage.SecretBytes);
    private readonly IReadOnlyList<int> _cores = OwnProcess.Affinity();
    private readonly Func<int> _size;

    /// <param name="settings">The fabric's options.</param>
    /// <param name="slaves">Slaves at the start.</param>
    /// <param name="size">Ranks now.</param>
    internal SlaveStarter(ProcessSettings settings, int slaves, Func<int> size)
    {
        _settings = settings;
        _size = size;
        (_path, _arguments) = SlaveCommandLine.Find();
        _environment = new SlaveEnvironment(SlaveEnvironment.OfThisProcess(), settings.Variables, Environment.ProcessorCount, slaves, SlaveCommandLine.Hook(), Convert.ToHexString(_secret), settings.Debug);
    }

    /// <summary>What is to be there before the process is.</summary>
    internal SlaveProcess Prepare(int rank, int incarnation, TransportSeat seat)
    {
        var beat = _settings.Heartbeat is { } heartbeat && heartbeat < TimeSpan.FromSeconds(4) ? heartbeat / 4 : TimeSpan.FromSeconds(1);
        var setup = new SlaveSetup(Environment.ProcessId, rank, incarnation, Math.Max(_size(), rank + 1), _settings.Transport, seat.Descriptors.Count, seat.Secret, Environment.ProcessorCount, beat, _settings.Nice, _environment.Restore, PluginLoadContext.LoadedFiles);
        var page = SlavePage.Create(_secret, setup.Write());
        return new SlaveProcess(rank, incarnation, page, OutputFile("hpcruntime-out"), OutputFile("hpcruntime-error"), Stopwatch.GetTimestamp());
    }

    /// <summary>Starts the process.</summary>
    /// <exception cref="NativeException">The system refuses.</exception>
    internal void Start(SlaveProcess slave, TransportSeat seat)
    {
        var start = new ProcessStart(_path, _arguments, _environment.Variables)
        {
            Descriptors = [(1, slave.OutFile.Descriptor), (2, slave.ErrorFile.Descriptor), (SlaveSetup.PageDescriptor, slave.Page.Descriptor), .. seat.Descriptors.Select((descriptor, i) => (SlaveSetup.FirstTransportDescriptor + i, descriptor))],
            Nulls = [0],
            WorkingDirectory = _settings.WorkingDirectory,
            OwnGroup = true, // Ctrl-C in the terminal is for the master, which tells its slaves.
        };
        if (_settings.BindsToCores)
        {
            // A child inherits the cores of the thread that starts it.
            OwnProcess.SetAffinity(0, [_cores[(slave.Rank - 1) % _cores.Count]]);
        }

        try
        {
            slave.Started(Spawner.Start(start));
            slave.LeavesDiagnosticFiles = _environment.Diagnoses;
        }
        finally
        {
            if (_settings.BindsToCores)
            {
                OwnProcess.SetAffinity(0, _cores);
            }
        }
    }

    private static MemoryFile OutputFile(string name)
    {
        var file = MemoryFile.Create(name, 0);

        // Children of the slave share the file: each of their writes goes to its end, whole.
        return Libc.Control(file.Descriptor, SetStatusFlags, AppendFlag) == 0 ? file : throw NativeException.Last("fcntl(F_SETFL)", name);
    }
}
