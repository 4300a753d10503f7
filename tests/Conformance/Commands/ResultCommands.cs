using System.Collections.Generic;
using System.IO;
using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>A memo that collects notes. It holds what cannot travel, since it never does.</summary>
public sealed class NoteMemo : Memo
{
    /// <summary>The notes, in the order in which they were taken.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The thread that took the last note.</summary>
    public int Thread { get; set; }

    /// <summary>What cannot travel.</summary>
    public Stream Kept { get; } = Stream.Null;
}

/// <summary>A memo that takes values.</summary>
public sealed class ValueMemo<T> : Memo<T>
{
    /// <summary>The values, in the order in which they came.</summary>
    public List<T> Values { get; } = [];

    /// <summary>What the master told of the commands, in that order.</summary>
    public List<ICommandInfo> Commands { get; } = [];

    /// <inheritdoc/>
    public override void Accept(IMaster master, T value)
    {
        Values.Add(value);
        Commands.Add(master.Command);
    }
}

/// <summary>Takes a note on the master.</summary>
public sealed class NoteResult(string note) : ResultCommand
{
    /// <inheritdoc/>
    public override void Run(IMaster master, Memo? memo)
    {
        var notes = (NoteMemo)memo!;
        notes.Notes.Add(note);
        notes.Thread = System.Environment.CurrentManagedThreadId;
    }
}

/// <summary>Tells the test, on the master, whether there was a memo.</summary>
public sealed class MemoProbeResult : ResultCommand
{
    /// <summary>Where it tells: true when there was none. Results run in the master's process, so a static will do.</summary>
    internal static List<bool>? Seen { get; set; }

    /// <inheritdoc/>
    public override void Run(IMaster master, Memo? memo) => Seen!.Add(memo is null);
}

/// <summary>Returns <paramref name="count"/> notes.</summary>
public sealed class NotesCommand(string name, int count) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave)
    {
        for (var i = 0; i < count; i++)
        {
            slave.ReturnResult(new NoteResult($"{name}{i}"));
        }
    }
}

/// <summary>Returns notes, then throws.</summary>
public sealed class NotesThenThrowCommand(string name) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave)
    {
        slave.ReturnResult(new NoteResult(name));
        throw new InvalidDataException("after its results");
    }
}

/// <summary>Its value is a result command.</summary>
public sealed class ResultAsValueCommand(string note) : SlaveCommand<NoteResult>
{
    /// <inheritdoc/>
    public override NoteResult Run(ISlaveContext slave)
    {
        slave.ReturnResult(new NoteResult($"before {note}"));
        return new NoteResult(note);
    }
}

/// <summary>A memo that notes into <paramref name="notes"/> and queues a further command until <paramref name="depth"/> is reached.</summary>
public sealed class ChainMemo(List<int> notes, int depth) : Memo<int>
{
    /// <inheritdoc/>
    public override void Accept(IMaster master, int value)
    {
        notes.Add(value);
        if (value < depth)
        {
            master.AddToQueue(new EchoCommand(value + 1), this);
        }
    }
}

/// <summary>A memo that does what it is told.</summary>
public sealed class ActionMemo<T>(System.Action<IMaster, T> action) : Memo<T>
{
    /// <inheritdoc/>
    public override void Accept(IMaster master, T value) => action(master, value);
}

/// <summary>Brings <see cref="MemoProbeResult"/> home.</summary>
public sealed class MemoProbeCommand : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave) => slave.ReturnResult(new MemoProbeResult());
}
