using System;

namespace HpcRuntime.Processing;

/// <summary>How far a processor or a map has come: commands of a processor, items of a map.</summary>
/// <param name="Total">All there are; of a lazy input, all that have been read so far. Of a processor, all that were ever queued or submitted.</param>
/// <param name="TotalIsKnown">Whether <paramref name="Total"/> stays as it is: false while a lazy input has not ended, and always for a processor, which may be given more.</param>
/// <param name="Done">Those that ended well.</param>
/// <param name="Failed">Those that failed, timed out or were lost.</param>
/// <param name="Cancelled">Those that were cancelled.</param>
/// <param name="Running">Those in the hands of slaves: what runs, and what lies ready behind it.</param>
/// <param name="Elapsed">Since the processor was opened, or the map began.</param>
public sealed record WorkProgress(long Total, bool TotalIsKnown, long Done, long Failed, long Cancelled, long Running, TimeSpan Elapsed)
{
    /// <summary>Those that have ended, however they did.</summary>
    public long Ended => Done + Failed + Cancelled;

    /// <summary>Those that wait on the master.</summary>
    public long Queued => Math.Max(0, Total - Ended - Running);

    /// <summary>The same counts, whatever the clock says.</summary>
    internal bool CountsAs(WorkProgress? other) => other is not null && this with { Elapsed = other.Elapsed } == other;
}
