using System;
using System.Collections.Generic;
using System.IO;

namespace HpcRuntime.Backends.Process;

/// <summary>What a slave process is told at its start, through memory that only it inherits.</summary>
/// <param name="Master">The master's process id: another parent means that the master is gone.</param>
/// <param name="Rank">Its seat.</param>
/// <param name="Incarnation">Which holder of the seat it is.</param>
/// <param name="Size">Ranks in all.</param>
/// <param name="Transport">How it talks to the master.</param>
/// <param name="Descriptors">How many descriptors the transport has, from <see cref="FirstTransportDescriptor"/> on.</param>
/// <param name="Secret">The transport's.</param>
/// <param name="Cores">Cores that all ranks share.</param>
/// <param name="Beat">How often it shows life.</param>
/// <param name="Nice">Its niceness; null to leave it.</param>
/// <param name="RecycleAfter">Commands after which it wants to be renewed; 0 for never.</param>
/// <param name="MaxMemory">Resident bytes beyond which it wants to be renewed between commands; 0 for never.</param>
/// <param name="Restore">Variables that were changed for its start, and what they are for everyone else: null for not set.</param>
/// <param name="Assemblies">Files of applications that the master loaded each in a context of its own.</param>
internal sealed record SlaveSetup(int Master, int Rank, int Incarnation, int Size, string Transport, int Descriptors, byte[] Secret, int Cores, TimeSpan Beat, int? Nice, long RecycleAfter, long MaxMemory, IReadOnlyDictionary<string, string?> Restore, IReadOnlyList<string> Assemblies)
{
    internal const int PageDescriptor = 3;
    internal const int FirstTransportDescriptor = 4;

    internal byte[] Write()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(Master);
        writer.Write(Rank);
        writer.Write(Incarnation);
        writer.Write(Size);
        writer.Write(Transport);
        writer.Write(Descriptors);
        writer.Write(Secret.Length);
        writer.Write(Secret);
        writer.Write(Cores);
        writer.Write(Beat.Ticks);
        writer.Write(Nice.HasValue);
        writer.Write(Nice ?? 0);
        writer.Write(RecycleAfter);
        writer.Write(MaxMemory);
        writer.Write(Restore.Count);
        foreach (var (name, value) in Restore)
        {
            writer.Write(name);
            writer.Write(value is not null);
            writer.Write(value ?? string.Empty);
        }

        writer.Write(Assemblies.Count);
        foreach (var file in Assemblies)
        {
            writer.Write(file);
        }

        writer.Flush();
        return memory.ToArray();
    }

    internal static SlaveSetup Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var (master, rank, incarnation, size) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var (transport, descriptors) = (reader.ReadString(), reader.ReadInt32());
        var (secret, cores) = (reader.ReadBytes(reader.ReadInt32()), reader.ReadInt32());
        var beat = TimeSpan.FromTicks(reader.ReadInt64());
        var (hasNice, nice) = (reader.ReadBoolean(), reader.ReadInt32());
        var (recycleAfter, maxMemory) = (reader.ReadInt64(), reader.ReadInt64());
        var restore = new Dictionary<string, string?>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (name, isSet, value) = (reader.ReadString(), reader.ReadBoolean(), reader.ReadString());
            restore[name] = isSet ? value : null;
        }

        var assemblies = new string[reader.ReadInt32()];
        for (var i = 0; i < assemblies.Length; i++)
        {
            assemblies[i] = reader.ReadString();
        }

        return new SlaveSetup(master, rank, incarnation, size, transport, descriptors, secret, cores, beat, hasNice ? nice : null, recycleAfter, maxMemory, restore, assemblies);
    }
}
