using System;
using System.Globalization;
using System.IO;
using System.Text;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>A small process that outlives a master that is killed, and then kills what its slaves had started: the system kills the slaves themselves, but not their children.
/// It also takes away the files that .NET leaves of a killed master. It sleeps in a read until then. On the keeper's thread.</summary>
internal sealed unsafe class GroupGuardian : IDisposable
{
    private const string Shell = "/bin/sh";

    // "+ GROUP" and "- GROUP" a line, or "quit" when all is well. The end of its input is the end of the master. It ignores what is sent to everyone at a terminal or at the end of a batch job.
    private const string Script = "trap '' HUP INT TERM QUIT; g=; while read -r a p; do [ \"$a\" = quit ] && exit 0; n=; for q in $g; do [ \"$q\" = \"$p\" ] || n=\"$n $q\"; done; g=$n; [ \"$a\" = + ] && g=\"$g $p\"; done; for q in $g; do kill -s KILL -- -\"$q\" 2>/dev/null; done; rm -f -- \"$@\"; exit 0";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ChildProcess _process;
    private int _descriptor;

    private GroupGuardian(ChildProcess process, int descriptor)
    {
        _process = process;
        _descriptor = descriptor;
    }

    /// <summary>Null where there is no shell, or it cannot be started: then children of slaves may outlive a master that is killed.</summary>
    internal static GroupGuardian? Start(Serilog.ILogger log)
    {
        if (!File.Exists(Shell))
        {
            log.Debug("There is no {Shell}: programs that commands start are not ended if this process is killed", Shell);
            return null;
        }

        var (here, there) = LocalSocket.CreatePair();
        try
        {
            var start = new ProcessStart(Shell, ["hpcruntime-guardian", "-c", Script, "hpcruntime-guardian", .. DiagnosticFiles.Of(Environment.ProcessId)], SlaveEnvironment.OfThisProcess()) { Descriptors = [(0, there)], Nulls = [1, 2], WorkingDirectory = "/", OwnGroup = true };
            return new GroupGuardian(Spawner.Start(start), here);
        }
        catch (NativeException failed)
        {
            log.Debug(failed, "Programs that commands start are not ended if this process is killed");
            Descriptors.Close(here);
            return null;
        }
        finally
        {
            Descriptors.Close(there);
        }
    }

    /// <summary>The slave of this process group is to be looked after.</summary>
    internal void Add(int group) => Tell('+', group);

    /// <summary>It has ended: its number may soon be another's.</summary>
    internal void Remove(int group) => Tell('-', group);

    public void Dispose()
    {
        Tell("quit\n");
        Descriptors.Close(_descriptor);
        _descriptor = -1;
        if (!_process.WaitForEnd(Patience))
        {
            _process.Signal(Signals.Kill);
            _process.WaitForEnd(System.Threading.Timeout.InfiniteTimeSpan); // A killed process always ends; one that is not reaped would stay as a zombie.
        }

        _process.TryReap();
        _process.Dispose();
    }

    private void Tell(char sign, int group) => Tell(string.Create(CultureInfo.InvariantCulture, $"{sign} {group}\n"));

    private void Tell(string text)
    {
        var line = Encoding.ASCII.GetBytes(text);
        fixed (byte* bytes = line)
        {
            // A few bytes into an empty socket: taken whole, or there is no guardian any more.
            _ = LocalSocket.Send(_descriptor, bytes, (nuint)line.Length);
        }
    }
}
