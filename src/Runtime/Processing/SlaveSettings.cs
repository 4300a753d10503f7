using System;
using System.Collections.Generic;
using HpcRuntime.Wire;
using Serilog.Events;

namespace HpcRuntime.Processing;

/// <summary>What the master tells a slave once, in its welcome.</summary>
/// <param name="Size">Ranks in all.</param>
/// <param name="Seed">Of the random streams.</param>
/// <param name="MaxOutput">Bytes that one command may print.</param>
/// <param name="Grace">How long a command may go on after it was asked to stop.</param>
/// <param name="Each">One message home for each command.</param>
/// <param name="LogLevel">Events below it stay on the slave.</param>
internal sealed record SlaveSettings(int Size, long Seed, long MaxOutput, TimeSpan Grace, bool Each, LogEventLevel LogLevel)
{
    internal static SlaveSettings BeforeWelcome { get; } = new(2, 0, long.MaxValue, TimeSpan.FromSeconds(2), false, LogEventLevel.Warning);

    internal static SlaveSettings From(ProcessorOptions options, int size, TimeSpan grace, LogEventLevel logLevel) =>
        new(size, options.Seed, options.MaxOutput, grace, options.Chunking == Chunking.Each, logLevel);

    internal void Write(WireWriter writer, IReadOnlyList<AnnouncedAssembly> announced)
    {
        writer.WriteVarUInt((ulong)Size);
        writer.WriteVarInt(Seed);
        writer.WriteVarUInt((ulong)MaxOutput);
        writer.WriteVarUInt((ulong)Grace.Ticks);
        writer.WriteBool(Each);
        writer.WriteByte((byte)LogLevel);
        writer.WriteVarUInt((ulong)announced.Count);
        foreach (var assembly in announced)
        {
            writer.WriteString(assembly.Name);
            writer.WriteBytes(assembly.ModuleVersionId.ToByteArray());
        }
    }

    internal static SlaveSettings Read(WireReader reader, WireTypePolicy policy)
    {
        var settings = new SlaveSettings(
            (int)reader.ReadVarUInt(),
            reader.ReadVarInt(),
            (long)reader.ReadVarUInt(),
            TimeSpan.FromTicks((long)reader.ReadVarUInt()),
            reader.ReadBool(),
            (LogEventLevel)reader.ReadByte());
        for (var left = reader.ReadVarUInt(); left > 0; left--)
        {
            policy.Announce(reader.ReadString() ?? string.Empty, new Guid(reader.ReadBytes(16)));
        }

        return settings;
    }
}
