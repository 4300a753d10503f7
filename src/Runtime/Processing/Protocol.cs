using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>What the master says. Every message is: the verb, the definitions of types that the receiver has not had yet, the body.</summary>
internal enum MasterVerb : byte
{
    /// <summary>Answers <see cref="SlaveVerb.Hello"/>: settings, announced assemblies, start-ups.</summary>
    Welcome = 1,

    /// <summary>A chunk of commands.</summary>
    Commands,

    /// <summary>Stop one command: drop it, or cancel its token.</summary>
    Cancel,

    /// <summary>Give back commands that have not begun.</summary>
    Recall,

    /// <summary>A named value, or its removal; older ones that no command can see any more may go.</summary>
    Data,

    /// <summary>Leave.</summary>
    Exit,

    /// <summary>Something for the running command.</summary>
    Word,
}

/// <summary>What a slave says.</summary>
internal enum SlaveVerb : byte
{
    /// <summary>First message: who and where.</summary>
    Hello = 1,

    /// <summary>Commands that have ended, in the order in which they did.</summary>
    Results,

    /// <summary>What a command, or the slave between commands, has printed.</summary>
    Output,

    /// <summary>Whether it was asked to, and commands given back.</summary>
    Returned,

    /// <summary>A command ignores that it should stop.</summary>
    Stuck,

    /// <summary>A diagnostic event.</summary>
    Log,

    /// <summary>Last message.</summary>
    Goodbye,

    /// <summary>It runs no further command: its fabric wants another holder for the seat.</summary>
    Worn,

    /// <summary>Something that the running command has to say.</summary>
    Word,
}

/// <summary>How an attempt ended on the slave.</summary>
internal enum AttemptEnd : byte
{
    Done,
    Failed,
    Cancelled,
    TimedOut,
}

/// <summary>Why a running command is asked to stop.</summary>
internal enum StopReason : byte
{
    None,

    /// <summary>Its caller no longer wants it: whatever it returns, it was cancelled.</summary>
    Cancelled,

    /// <summary>The run is ending after a failure: if it still returns, the value counts.</summary>
    Draining,

    /// <summary>Its time is up.</summary>
    TimedOut,

    /// <summary>It has printed more than it may.</summary>
    Flooded,
}

/// <summary>What travels with a command beside its bytes.</summary>
/// <param name="Id">The command's number.</param>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="Run">The run's number; 0 for futures.</param>
/// <param name="Index">Its place in the run.</param>
/// <param name="DataVersion">The newest data it may see.</param>
/// <param name="TimeoutTicks">In units of <see cref="System.TimeSpan"/>; 0 for none.</param>
/// <param name="Label">Null for none.</param>
/// <param name="RandomKey">The key of its random stream, where that does not follow from run and place.</param>
internal readonly record struct CommandHeader(long Id, int Attempt, long Run, long Index, long DataVersion, long TimeoutTicks, string? Label, RandomKey? RandomKey = null)
{
    internal static void Write(Wire.WireWriter writer, in CommandHeader header)
    {
        writer.WriteVarUInt((ulong)header.Id);
        writer.WriteVarUInt((ulong)header.Attempt);
        writer.WriteVarUInt((ulong)header.Run);
        writer.WriteVarUInt((ulong)header.Index);
        writer.WriteVarUInt((ulong)header.DataVersion);
        writer.WriteVarUInt((ulong)header.TimeoutTicks);
        writer.WriteString(header.Label);
        writer.WriteBool(header.RandomKey is not null);
        if (header.RandomKey is { } key)
        {
            writer.WriteUInt64(key.High);
            writer.WriteUInt64(key.Low);
        }
    }

    internal static CommandHeader Read(Wire.WireReader reader) => new(
        (long)reader.ReadVarUInt(),
        (int)reader.ReadVarUInt(),
        (long)reader.ReadVarUInt(),
        (long)reader.ReadVarUInt(),
        (long)reader.ReadVarUInt(),
        (long)reader.ReadVarUInt(),
        reader.ReadString(),
        reader.ReadBool() ? new RandomKey(reader.ReadUInt64(), reader.ReadUInt64()) : null);
}

/// <summary>What travels with a named value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Counts every change of any value.</param>
/// <param name="Oldest">The oldest version that some command may still ask for; what only older ones could see may go.</param>
/// <param name="Present">Whether a value follows; else the name is removed.</param>
internal readonly record struct DataHeader(string Name, long Version, long Oldest, bool Present)
{
    internal static void Write(Wire.WireWriter writer, in DataHeader header)
    {
        writer.WriteString(header.Name);
        writer.WriteVarUInt((ulong)header.Version);
        writer.WriteVarUInt((ulong)header.Oldest);
        writer.WriteBool(header.Present);
    }

    internal static DataHeader Read(Wire.WireReader reader) => new(reader.ReadString()!, (long)reader.ReadVarUInt(), (long)reader.ReadVarUInt(), reader.ReadBool());
}
