using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Who is inside which critical section of one processor, and who waits. Driven by the holder of the baton.</summary>
internal sealed class SectionTable
{
    private static readonly ConditionalWeakTable<Processor, SectionTable> All = [];

    private readonly Processor _processor;
    private readonly Dictionary<string, LinkedList<(CommandEntry Entry, int Rank, long Question)>> _sections = []; // The first of each is inside.

    private SectionTable(Processor processor)
    {
        _processor = processor;
        processor.SlaveLeft += Forget;
    }

    internal static SectionTable Of(Processor processor) => All.GetValue(processor, static p => new SectionTable(p));

    internal void Enter(string name, CommandEntry entry, long question)
    {
        if (!_sections.TryGetValue(name, out var line))
        {
            _sections.Add(name, line = []);
        }

        line.AddLast((entry, entry.Rank, question));
        if (line.Count == 1)
        {
            Grant(line);
        }
    }

    internal void Leave(string name, CommandEntry entry) => Remove(name, entry.Rank);

    private void Remove(string name, int rank)
    {
        if (!_sections.TryGetValue(name, out var line) || line.FirstOrDefault(one => one.Rank == rank) is not { Entry: not null } gone)
        {
            return;
        }

        var wasInside = line.First!.Value == gone;
        line.Remove(gone);
        if (line.Count == 0)
        {
            _sections.Remove(name);
        }
        else if (wasInside)
        {
            Grant(line);
        }
    }

    /// <summary>A slave is gone, and with it what it held and waited for.</summary>
    private void Forget(int rank)
    {
        foreach (var name in _sections.Keys.ToList())
        {
            Remove(name, rank);
        }
    }

    private void Grant(LinkedList<(CommandEntry Entry, int Rank, long Question)> line)
    {
        var (entry, _, question) = line.First!.Value;
        _processor.Tell(entry, new AnswerWord(question, true));
    }
}

/// <summary>A command wants to enter a critical section.</summary>
internal sealed class EnterCriticalWord(string name, long question) : CommandWord
{
    internal override void Arrive(Processor processor, CommandEntry entry) => SectionTable.Of(processor).Enter(name, entry, question);
}

/// <summary>A command has left a critical section, or no longer waits for it.</summary>
internal sealed class LeaveCriticalWord(string name) : CommandWord
{
    internal override void Arrive(Processor processor, CommandEntry entry) => SectionTable.Of(processor).Leave(name, entry);
}

/// <summary>An item wants to enter its ordered section.</summary>
internal sealed class EnterOrderedWord(long index, long question) : CommandWord
{
    internal override void Arrive(Processor processor, CommandEntry entry) => (entry.Memo as IOrderedBlock)?.EnterOrdered(index, question);
}

/// <summary>An item has left its ordered section.</summary>
internal sealed class LeaveOrderedWord(long index) : CommandWord
{
    internal override void Arrive(Processor processor, CommandEntry entry) => (entry.Memo as IOrderedBlock)?.LeaveOrdered(index);
}

/// <summary>A block whose items have an order.</summary>
internal interface IOrderedBlock
{
    void EnterOrdered(long index, long question);

    void LeaveOrdered(long index);
}
