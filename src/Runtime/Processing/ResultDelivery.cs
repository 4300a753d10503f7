using System;
using System.Diagnostics;
using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <summary>Delivers what a command brought home on the master, once: its result commands in the order they were returned, then its value.</summary>
internal static class ResultDelivery
{
    [ThreadStatic]
    private static CommandEntry? _applying;

    /// <summary>The command whose results the calling thread is applying; null outside.</summary>
    internal static CommandEntry? Applying => _applying;

    internal static void Deliver(Processor processor, CommandEntry entry)
    {
        var memo = entry.Memo is Completion ? null : entry.Memo;
        var master = new MasterView(processor, entry);
        var results = entry.Results;
        var value = entry.Value;
        entry.DropMemo();
        var outer = _applying;
        _applying = entry;
        var observer = processor.Options.Observer;
        var from = observer is null ? 0 : Stopwatch.GetTimestamp();
        using var activity = Telemetry.Applying(entry);
        try
        {
            if (results is not null)
            {
                foreach (var result in results)
                {
                    result.Run(master, memo);
                }
            }

            if (value is ResultCommand last)
            {
                last.Run(master, memo);
            }
            else
            {
                memo?.AcceptValue(master, value);
            }
        }
        finally
        {
            _applying = outer;
            observer?.ResultApplied(entry, from, Stopwatch.GetTimestamp());
            if (results is not null)
            {
                entry.Results = null;
            }
        }
    }

    private sealed class MasterView(Processor processor, CommandEntry entry) : IMaster
    {
        public ICommandInfo Command => entry;

        public IDataStore Data => processor.Data;

        public void AddToQueue(SlaveCommand command, Memo? memo = null, CommandOptions? options = null) => processor.AddToQueue(command, memo, options);
    }
}

/// <summary>Hands the value to a delegate.</summary>
internal sealed class ActionMemo<T>(Action<T> onValue) : Memo<T>
{
    public override void Accept(IMaster master, T value) => onValue(value);
}

/// <summary>Hands the value to a delegate with its place in the input.</summary>
internal sealed class PlaceMemo<T>(Action<long, T> onValue, long place) : Memo<T>
{
    public override void Accept(IMaster master, T value) => onValue(place, value);
}
