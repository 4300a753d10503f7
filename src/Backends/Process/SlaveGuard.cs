using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>A tiny process beside the master that outlives it for a moment, when it is killed: it ends what slaves had started (the system ends the slaves themselves)
/// and takes away the files that .NET leaves of a killed process. It hears of the master's death because its standard input ends. One thread at a time.</summary>
internal sealed class SlaveGuard : IDisposable
{
    private const string Shell = "/bin/sh";

    // "+ GROUP" and "- GROUP" say which groups there are, "quit" that the master needs it no longer. What follows the script's name are files.
    private const string Script = """
        groups=
        while read -r word group; do
          case $word in
            +) groups="$groups $group" ;;
            -) left=; for one in $groups; do [ "$one" = "$group" ] || left="$left $one"; done; groups=$left ;;
            quit) exit 0 ;;
          esac
        done
        for one in $groups; do kill -s KILL -- "-$one"; done
        rm -f -- "$@"
        """;

    private static readonly Dictionary<string, string> Variables = new() { ["PATH"] = "/usr/bin:/bin" };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ChildProcess _child;
    private readonly int _line;

    /// <exception cref="NativeException">It cannot be started.</exception>
    internal SlaveGuard()
    {
        var (here, there) = LocalSocket.CreatePair();
        try
        {
            _child = Spawner.Start(new ProcessStart(Shell, ["hpcruntime-guard", "-c", Script, "hpcruntime-guard", .. DiagnosticFiles.Of(Environment.ProcessId)], Variables)
            {
                Descriptors = [(0, there)],
                Nulls = [1, 2],
                WorkingDirectory = "/",
                OwnGroup = true, // A Ctrl-C in the terminal is not for it.
            });
            _line = here;
        }
        catch
        {
            Descriptors.Close(here);
            throw;
        }
        finally
        {
            Descriptors.Close(there);
        }
    }

    /// <summary>A process group is to end with the master.</summary>
    internal void Watch(int group) => Say('+', group);

    /// <summary>It has ended, and its number may soon be another's.</summary>
    internal void Forget(int group) => Say('-', group);

    public void Dispose()
    {
        Say("quit\n");
        Descriptors.Close(_line);
        if (!_child.WaitForEnd(Patience))
        {
            _child.Signal(Signals.Kill);
            _child.WaitForEnd(Patience);
        }

        _child.TryReap();
        _child.Dispose();
    }

    private void Say(char word, int group) => Say(string.Create(CultureInfo.InvariantCulture, $"{word} {group}\n"));

    /// <summary>A guard that somebody killed, or that is stopped, is past helping; the master is not held up by it.</summary>
    private unsafe void Say(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
        {
            _ = LocalSocket.Send(_line, start, (nuint)bytes.Length);
        }
    }
}
