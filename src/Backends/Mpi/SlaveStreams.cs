using System;
using System.IO;
using System.Text;
using HpcRuntime.Backends.Mpi.Transport;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Output;

namespace HpcRuntime.Backends.Mpi;

/// <summary>Standard streams of a slave: while it serves, its descriptors 1 and 2 are files in memory and its input is empty; before and after they are what mpiexec gave it.</summary>
internal sealed class SlaveStreams
{
    private readonly SlaveRemainsHere _remains;
    private readonly int[] _original;
    private bool _restored;

    private SlaveStreams(SlaveRemainsHere remains, int[] original)
    {
        _remains = remains;
        _original = original;
        Capture = new DescriptorCapture();
    }

    /// <summary>Those of this process; null before it serves.</summary>
    internal static SlaveStreams? Current { get; private set; }

    /// <summary>Catches what commands print.</summary>
    internal DescriptorCapture Capture { get; }

    internal static SlaveStreams Redirect(SlaveRemainsHere remains)
    {
        // What was printed before goes where it was meant to go.
        Flush();
        int[] original = [Descriptors.Duplicate(1), Descriptors.Duplicate(2)];
        Descriptors.Redirect(remains.OutFile.Descriptor, 1);
        Descriptors.Redirect(remains.ErrorFile.Descriptor, 2);
        using (var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read))
        {
            Descriptors.Redirect((int)nothing.DangerousGetHandle(), 0);
        }

        NativeStreams.WriteByLines();
        RenewConsole();
        return Current = new SlaveStreams(remains, original);
    }

    /// <summary>Puts back what mpiexec gave, and prints there what nobody took. Once.</summary>
    internal void Restore()
    {
        if (_restored)
        {
            return;
        }

        _restored = true;
        Flush();
        Descriptors.Redirect(_original[0], 1);
        Descriptors.Redirect(_original[1], 2);
        RenewConsole();
        Print(OutputStream.Out, _remains.OutFile, Console.OpenStandardOutput());
        Print(OutputStream.Error, _remains.ErrorFile, Console.OpenStandardError());
    }

    private static void Flush()
    {
        Console.Out.Flush();
        Console.Error.Flush();
        Descriptors.FlushNativeStreams();
    }

    /// <summary>A console writer that was used before keeps a descriptor of its own to what 1 and 2 were then.</summary>
    private static void RenewConsole()
    {
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true });
        Console.SetError(new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true });
    }

    private void Print(OutputStream stream, MemoryFile file, Stream to)
    {
        Span<byte> piece = stackalloc byte[4096];
        var at = Capture.Settled(stream);
        for (int read; (read = Descriptors.ReadAt(file.Descriptor, piece, at)) > 0; at += read)
        {
            to.Write(piece[..read]);
        }
    }
}
