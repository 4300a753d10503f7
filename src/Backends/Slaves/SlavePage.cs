using System;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Slaves;

/// <summary>Memory that the master shares with one slave: what the slave is told at its start, and what it leaves word of, readable also after its death. From any thread.</summary>
internal sealed class SlavePage : IDisposable
{
    internal const int SecretBytes = 16;

    /// <summary>Bytes of a page without a setup.</summary>
    internal const int Bytes = PageBytes;

    private const int PageBytes = 4096;
    private const int RunningAt = 64; // This line is the slave's: it writes to it for every command.
    private const int LastAt = 72;
    private const int CompletedAt = 80;
    private const int ResidentAt = 88;
    private const int HeartbeatAt = 128;
    private const int RevocationsAt = 192; // The master's.
    private const int StateAt = 320;
    private const int MarksAt = 512;
    private const int Marks = 64;
    private const int MarkBytes = 32;
    private const int SetupAt = PageBytes;

    private readonly SharedMemory _memory;

    private SlavePage(SharedMemory memory) => _memory = memory;

    internal int Descriptor => _memory.Descriptor;

    /// <summary>The command that the slave runs; 0 between commands.</summary>
    internal long Running
    {
        get => Volatile.Read(ref _memory.At<long>(RunningAt));
        set => Volatile.Write(ref _memory.At<long>(RunningAt), value);
    }

    /// <summary>Changes about every second while the slave lives.</summary>
    internal long Heartbeat
    {
        get => Volatile.Read(ref _memory.At<long>(HeartbeatAt));
        set => Volatile.Write(ref _memory.At<long>(HeartbeatAt), value);
    }

    /// <summary>The command that the slave began last, or was about to when it found that it may not; 0 for none.</summary>
    internal long Last
    {
        get => Volatile.Read(ref _memory.At<long>(LastAt));
        set => Volatile.Write(ref _memory.At<long>(LastAt), value);
    }

    /// <summary>Commands that the slave has ended, well or badly.</summary>
    internal long Completed
    {
        get => Volatile.Read(ref _memory.At<long>(CompletedAt));
        set => Volatile.Write(ref _memory.At<long>(CompletedAt), value);
    }

    /// <summary>The slave's memory when it last looked, before the command that runs; 0 while it does not look.</summary>
    internal long Resident
    {
        get => Volatile.Read(ref _memory.At<long>(ResidentAt));
        set => Volatile.Write(ref _memory.At<long>(ResidentAt), value);
    }

    /// <summary>How often the master has taken back what the slave had not begun.</summary>
    internal long Revocations => Volatile.Read(ref _memory.At<long>(RevocationsAt));

    /// <summary>From now on the slave begins none of the commands it has been sent. Returns the one that it began last. By the master.</summary>
    internal long Revoke()
    {
        // The increment is a full barrier, and so is the slave's between writing Last and reading this: either it sees this, or we see what it begins.
        Interlocked.Increment(ref _memory.At<long>(RevocationsAt));
        return Last;
    }

    internal SlaveState State
    {
        get => (SlaveState)Volatile.Read(ref _memory.At<int>(StateAt));
        set => Volatile.Write(ref _memory.At<int>(StateAt), (int)value);
    }

    /// <summary>Made by the master.</summary>
    internal static SlavePage Create(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> setup)
    {
        var memory = SharedMemory.Create("hpcruntime-page", (SetupAt + sizeof(int) + setup.Length + PageBytes - 1) & -PageBytes);
        secret.CopyTo(memory.Span(0, SecretBytes));
        memory.At<int>(SetupAt) = setup.Length;
        setup.CopyTo(memory.Span(SetupAt + sizeof(int), setup.Length));
        return new SlavePage(memory);
    }

    /// <summary>The page in a file that master and slave found each other by another way; it is taken over.</summary>
    internal static SlavePage Open(MemoryFile file) => new(SharedMemory.Open(file));

    /// <summary>Forgets what was noted, before the slave serves another master.</summary>
    internal void Clear()
    {
        _memory.Span(RunningAt, SetupAt - RunningAt).Clear();
    }

    /// <summary>Opened by the slave; null when the descriptor is none of this run: another program inherited the variable.</summary>
    internal static SlavePage? Open(int descriptor, string secret)
    {
        if (!Descriptors.IsOpen(descriptor) || Descriptors.Length(descriptor) < SetupAt + sizeof(int))
        {
            return null;
        }

        var memory = SharedMemory.Open(descriptor);
        var expected = Encoding.ASCII.GetBytes(Convert.ToHexString(memory.Span(0, SecretBytes)));
        if (CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(secret)))
        {
            return new SlavePage(memory);
        }

        memory.Dispose();
        return null;
    }

    /// <summary>Notes which message carries the output up to where. The slave's driving thread.</summary>
    internal void Mark(int number, OutputMark mark)
    {
        var at = MarksAt + (number % Marks * MarkBytes);
        Volatile.Write(ref _memory.At<long>(at), 0); // Half a mark is none.
        _memory.At<long>(at + 8) = mark.Out;
        _memory.At<long>(at + 16) = mark.Error;
        Volatile.Write(ref _memory.At<long>(at), mark.Message);
    }

    /// <summary>Up to where output came home in the first <paramref name="messages"/> messages. Once the slave has ended.</summary>
    internal OutputMark MarkAt(long messages)
    {
        var last = default(OutputMark);
        for (var at = MarksAt; at < MarksAt + (Marks * MarkBytes); at += MarkBytes)
        {
            var message = Volatile.Read(ref _memory.At<long>(at));
            if (message > last.Message && message <= messages)
            {
                last = new OutputMark(message, _memory.At<long>(at + 8), _memory.At<long>(at + 16));
            }
        }

        return last;
    }

    /// <summary>What the master wrote for the slave.</summary>
    internal byte[] ReadSetup() => _memory.Span(SetupAt + sizeof(int), _memory.At<int>(SetupAt)).ToArray();

    public void Dispose() => _memory.Dispose();
}

/// <summary>How far a slave process is, in its own words.</summary>
internal enum SlaveState
{
    /// <summary>The runtime is loading.</summary>
    Starting,

    /// <summary>It takes commands.</summary>
    Up,

    /// <summary>It was told to leave and is on its way out.</summary>
    Leaving,
}

/// <summary>Up to where a slave's output is in its messages.</summary>
/// <param name="Message">The message that carries the last of it, counted from 1.</param>
/// <param name="Out">Bytes of standard output.</param>
/// <param name="Error">Bytes of standard error.</param>
internal readonly record struct OutputMark(long Message, long Out, long Error);
