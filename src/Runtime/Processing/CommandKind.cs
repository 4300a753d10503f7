namespace HpcRuntime.Processing;

/// <summary>What the master has learnt of one type of command. Driven by the holder of the baton.</summary>
internal sealed class CommandKind(string label)
{
    private const double Unknown = -1;

    internal string Label { get; } = label;

    /// <summary>Smoothed duration of one command, in seconds; negative before the first result.</summary>
    internal double Duration { get; private set; } = Unknown;

    internal bool IsKnown => Duration >= 0;

    /// <summary>Takes in <paramref name="count"/> results that took <paramref name="seconds"/> together. The first command of a kind is slow
    /// (it is compiled), so the average forgets by half at each message.</summary>
    internal void Observe(int count, double seconds)
    {
        var mean = seconds / count;
        Duration = IsKnown ? (Duration + mean) / 2 : mean;
    }
}
