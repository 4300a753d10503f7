using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>A slave process from the inside: what runs instead of the application's Main.</summary>
internal static class SlaveProgram
{
    /// <summary>The variable that makes a process a slave: the secret of its run.</summary>
    internal const string Variable = "HPCRUNTIME_SLAVE";

    private const int MasterGoneCode = 4;
    private const int TerminatedCode = 128 + Signals.Terminate;

    /// <summary>Runs the slave and ends the process, when this process was started as a slave; returns at once otherwise.</summary>
    internal static void RunIfSlave(RankEntry entry)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } secret)
        {
            return;
        }

        if (SlavePage.Open(SlaveSetup.PageDescriptor, secret) is not { } page)
        {
            // A child program of a slave that inherited the variable all the same: it is no slave.
            Environment.SetEnvironmentVariable(Variable, null);
            return;
        }

        var setup = SlaveSetup.Read(page.ReadSetup());
        DieWithMaster(setup);
        foreach (var (name, value) in setup.Restore)
        {
            NativeEnvironment.Set(name, value); // Programs that native code starts are no slaves either.
        }

        if (setup.Nice is { } nice)
        {
            SetNice(nice);
        }

        foreach (var file in setup.Assemblies)
        {
            PluginLoadContext.Load(file);
        }

        Run(entry, page, setup);
    }

    private static void Run(RankEntry entry, SlavePage page, SlaveSetup setup)
    {
        // Native code fills a large buffer when its output is no terminal; by lines, its output keeps its place among that of managed code.
        NativeStreams.WriteByLines();
        var connection = SlaveTransport.Open(setup);
        using var capture = new DescriptorCapture();
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndInOrder);
        new System.Threading.Thread(() => Beat(page, setup.Beat)) { IsBackground = true, Name = "HpcRuntime heartbeat" }.UnsafeStart();
        var rank = entry(new RankSetting(connection.Communicator, capture, new SlaveStatus(page, capture, setup.RecycleAfter, setup.MaxMemory)));
        page.State = SlaveState.Up;
        rank.Run();
        while (connection.HoldsBack)
        {
            // The last messages still wait for room; the master kills who takes too long.
            connection.Communicator.Wait(TimeSpan.FromMilliseconds(10)).Message?.Dispose();
        }

        page.State = SlaveState.Leaving;
        Environment.Exit(0);
    }

    /// <summary>A command would not end, or somebody else wants this process gone: buffers are written out and handlers of the process's end run, Main does not. Who takes too long is killed.</summary>
    private static void EndInOrder(PosixSignalContext context)
    {
        context.Cancel = true;
        Console.Out.Flush();
        Environment.Exit(TerminatedCode); // The C library's exit flushes the buffers of native code.
    }

    private static void DieWithMaster(SlaveSetup setup)
    {
        OwnProcess.DieWithParent(Signals.Kill);
        if (OwnProcess.ParentId != setup.Master)
        {
            OwnProcess.ExitAtOnce(MasterGoneCode);
        }
    }

    private static void Beat(SlavePage page, TimeSpan interval)
    {
        using var never = new ManualResetEventSlim();
        while (!never.Wait(interval))
        {
            page.Heartbeat = Stopwatch.GetTimestamp();
        }
    }

    private static void SetNice(int nice)
    {
        // The runtime's own threads have started before this one runs.
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                OwnProcess.SetNice(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), nice);
            }
            catch (NativeException gone) when (gone.Error == Libc.ErrorNoProcess)
            {
                continue; // A thread that has ended since it was listed.
            }
        }
    }
}
