using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Native;

/// <summary>Waits for many descriptors at once, and for <see cref="Ring"/> from any thread. All else from one thread.</summary>
internal sealed unsafe class EventPoll : IDisposable
{
    /// <summary>The key under which <see cref="Wait"/> reports a ring.</summary>
    internal const int Rung = -1;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Add = 1;
    private const int Remove = 2;
    private const int Change = 3;
    private const int Readable = 1;
    private const int Writable = 4;
    private const int MostEvents = 64;

    // struct epoll_event is packed on x64 only.
    private static readonly int EntryBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int KeyAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly int _poll;
    private readonly int _event;

    internal EventPoll()
    {
        _poll = Libc.CreatePoll(CloseOnExec);
        _event = _poll < 0 ? throw NativeException.Last("epoll_create1", "connections") : Libc.CreateEvent(0, CloseOnExec | NonBlocking);
        if (_event < 0)
        {
            throw NativeException.Last("eventfd", "connections");
        }

        Control(Add, _event, Rung, false);
    }

    /// <summary>Has <see cref="Wait"/> report <paramref name="key"/> while the descriptor can be read.</summary>
    internal void Watch(int descriptor, int key) => Control(Add, descriptor, key, false);

    /// <summary>Also, or no longer, while it can be written.</summary>
    internal void WatchWriting(int descriptor, int key, bool writing) => Control(Change, descriptor, key, writing);

    internal void Forget(int descriptor) => Control(Remove, descriptor, 0, false);

    /// <summary>Ends the present or next wait.</summary>
    internal void Ring()
    {
        var one = 1L;
        _ = Libc.Write(_event, (byte*)&one, sizeof(long)); // Fails only when the counter is full: then it is rung.
    }

    /// <summary>The keys of what is ready, at most 64; none when the time was over first. Negative waits without limit.</summary>
    internal int Wait(Span<int> keys, int milliseconds)
    {
        var entries = stackalloc byte[EntryBytes * MostEvents];
        var count = Libc.WaitPoll(_poll, entries, Math.Min(keys.Length, MostEvents), milliseconds);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError() == Libc.ErrorInterrupted ? 0 : throw NativeException.Last("epoll_wait", "connections");
        }

        for (var i = 0; i < count; i++)
        {
            keys[i] = BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(entries + (i * EntryBytes) + KeyAt, 4));
            if (keys[i] == Rung)
            {
                var value = 0L;
                _ = Libc.Read(_event, (byte*)&value, sizeof(long));
            }
        }

        return count;
    }

    public void Dispose()
    {
        Descriptors.Close(_event);
        Descriptors.Close(_poll);
    }

    private void Control(int operation, int descriptor, int key, bool writing)
    {
        var entry = stackalloc byte[16];
        new Span<byte>(entry, 16).Clear();
        *(int*)entry = writing ? Readable | Writable : Readable;
        *(int*)(entry + KeyAt) = key;
        if (Libc.ControlPoll(_poll, operation, descriptor, entry) != 0)
        {
            throw NativeException.Last("epoll_ctl", string.Create(CultureInfo.InvariantCulture, $"descriptor {descriptor}"));
        }
    }
}
