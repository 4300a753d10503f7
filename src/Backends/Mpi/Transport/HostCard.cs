using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What every rank tells every other at the start.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HostCard
{
    internal const int MostBellAddresses = 4;

    private const int NameBytes = 64;

    private fixed byte _host[32];
    private fixed byte _name[NameBytes];

    internal int ProcessId;

    /// <summary>The descriptor of the host's board, where this rank made it; -1 elsewhere.</summary>
    internal int Board;

    /// <summary>The descriptors of a slave's page and of its two files of output; -1 where there are none.</summary>
    internal int Page;

    internal int OutFile;

    internal int ErrorFile;

    /// <summary>Where a rank on another host rings it (UDP); 0 for nowhere.</summary>
    internal int BellPort;

    /// <summary>What a ring must bring.</summary>
    internal ulong BellToken;

    private fixed uint _bellAddresses[MostBellAddresses];

    internal readonly string Name
    {
        get
        {
            fixed (byte* name = _name)
            {
                var bytes = new ReadOnlySpan<byte>(name, NameBytes);
                var end = bytes.IndexOf((byte)0);
                return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
            }
        }
    }

    internal static HostCard OfThisProcess()
    {
        var card = new HostCard { ProcessId = Environment.ProcessId, Board = -1, Page = -1, OutFile = -1, ErrorFile = -1 };
        var host = SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName + "|" + Read("/proc/sys/kernel/random/boot_id") + "|" + ProcessSpace()));
        host.CopyTo(new Span<byte>(card._host, 32));
        var name = Encoding.UTF8.GetBytes(Environment.MachineName);
        name.AsSpan(0, Math.Min(name.Length, NameBytes - 1)).CopyTo(new Span<byte>(card._name, NameBytes));
        return card;
    }

    /// <summary>IPv4 addresses of its host, as they are in a packet.</summary>
    internal readonly uint[] BellAddresses()
    {
        fixed (uint* addresses = _bellAddresses)
        {
            return [.. new ReadOnlySpan<uint>(addresses, MostBellAddresses).ToArray().Where(address => address != 0)];
        }
    }

    internal void SetBellAddresses(ReadOnlySpan<uint> addresses)
    {
        fixed (uint* own = _bellAddresses)
        {
            addresses.CopyTo(new Span<uint>(own, MostBellAddresses));
        }
    }

    /// <summary>Whether the other rank is under the same kernel, in the same space of process numbers, and under the same host name: a network namespace with a name of its own counts as a host.</summary>
    internal readonly bool IsHostOf(in HostCard other)
    {
        fixed (byte* mine = _host, its = other._host)
        {
            return new ReadOnlySpan<byte>(mine, 32).SequenceEqual(new ReadOnlySpan<byte>(its, 32));
        }
    }

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : string.Empty;

    private static string ProcessSpace() => File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? string.Empty;
}
