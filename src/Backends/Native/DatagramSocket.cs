using System;
using System.Buffers.Binary;

namespace HpcRuntime.Backends.Native;

/// <summary>A UDP socket (IPv4) on a port that the system chooses, on every interface. Nothing here blocks. Sending from any thread; receiving from one.</summary>
internal sealed unsafe class DatagramSocket : IDisposable
{
    private const int Internet = 2;
    private const int Datagram = 2;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int AddressBytes = 16;

    private DatagramSocket(int descriptor, int port) => (Descriptor, Port) = (descriptor, port);

    internal int Descriptor { get; }

    /// <summary>Where others send to.</summary>
    internal int Port { get; }

    /// <summary>A new one; null where the system has no IPv4.</summary>
    internal static DatagramSocket? TryOpen()
    {
        var descriptor = Libc.CreateSocket(Internet, Datagram | CloseOnExec | NonBlocking, 0);
        if (descriptor < 0)
        {
            return null;
        }

        var address = stackalloc byte[AddressBytes];
        var length = AddressBytes;
        Write(address, 0, 0);
        if (Libc.Bind(descriptor, address, AddressBytes) != 0 || Libc.SocketName(descriptor, address, &length) != 0)
        {
            Descriptors.Close(descriptor);
            return null;
        }

        return new DatagramSocket(descriptor, BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address + 2, 2)));
    }

    /// <summary>Sends one datagram; false when the system did not take it. That it was taken does not mean that it arrives.</summary>
    /// <param name="host">An IPv4 address as it is in a packet.</param>
    /// <param name="port">The port.</param>
    /// <param name="bytes">What is sent.</param>
    internal bool TrySend(uint host, int port, ReadOnlySpan<byte> bytes)
    {
        var address = stackalloc byte[AddressBytes];
        Write(address, host, port);
        fixed (byte* start = bytes)
        {
            return Libc.SendTo(Descriptor, start, (nuint)bytes.Length, 0, address, AddressBytes) == bytes.Length;
        }
    }

    /// <summary>Takes one datagram: its length and whence it came; a negative length when there is none. One that is longer than the buffer is cut.</summary>
    internal int TryReceive(Span<byte> buffer, out uint host)
    {
        var address = stackalloc byte[AddressBytes];
        var length = AddressBytes;
        nint received;
        fixed (byte* start = buffer)
        {
            received = Libc.ReceiveFrom(Descriptor, start, (nuint)buffer.Length, 0, address, &length);
        }

        host = *(uint*)(address + 4);
        return (int)received;
    }

    public void Dispose() => Descriptors.Close(Descriptor);

    /// <summary>struct sockaddr_in.</summary>
    private static void Write(byte* address, uint host, int port)
    {
        new Span<byte>(address, AddressBytes).Clear();
        *(ushort*)address = Internet;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), (ushort)port);
        *(uint*)(address + 4) = host;
    }
}
