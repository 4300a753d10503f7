using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>One block as it runs: how long it may go on, which items failed, and the context of each. Used on the block's thread.</summary>
internal sealed class BlockRun(ISlaveContext slave, BlockPlace place, int count)
{
    /// <summary>Ticks between two looks at the clock, about: far below what a slice takes, far above what a look costs.</summary>
    private static readonly long LookTicks = Stopwatch.Frequency / 20_000;

    private readonly CancellationToken _cancellation = slave.Cancellation;
    private readonly long _end = place.SliceTicks == 0 ? long.MaxValue : Stopwatch.GetTimestamp() + (long)(place.SliceTicks * ((double)Stopwatch.Frequency / TimeSpan.TicksPerSecond));
    private readonly ItemContext _context = new(slave, place);
    private long _looked = Stopwatch.GetTimestamp();
    private int _countdown = 1;
    private int _stride = 1;

    /// <summary>Items that were worked on, from the first.</summary>
    internal int Done { get; private set; } = count;

    /// <summary>Items that failed, by place in the block; null for none.</summary>
    internal List<ItemFailure>? Failures { get; private set; }

    /// <summary>Whether an item was told to give way.</summary>
    internal bool IsDeferred => _context.IsDeferred;

    /// <summary>Whether the item at <paramref name="at"/> may begin; if not, the block is over before it.</summary>
    internal bool GoesOn(int at) => --_countdown > 0 || Look(at);

    internal ItemContext Begin(int at)
    {
        _context.Begin(place.First + at);
        return _context;
    }

    internal void Fail(int at, Exception thrown) => (Failures ??= []).Add(new ItemFailure(at, RemoteErrors.Of(thrown)));

    internal void End(int at) => Done = at;

    private bool Look(int at)
    {
        var now = Stopwatch.GetTimestamp();
        if (_cancellation.IsCancellationRequested || (now > _end && at > 0))
        {
            Done = at;
            return false;
        }

        var took = now - _looked;
        _looked = now;
        _stride = took < LookTicks / 2 ? Math.Min(_stride * 2, 4096) : took > LookTicks * 2 ? Math.Max(1, _stride / 4) : _stride;
        _countdown = _stride;
        return true;
    }
}

/// <summary>Where a block stands in its map.</summary>
/// <param name="First">The index of its first item.</param>
/// <param name="Key">Below which the items have their random streams.</param>
/// <param name="SliceTicks">How long it may go on before it gives its rest back, in units of <see cref="TimeSpan"/>; 0 for as long as it takes.</param>
/// <param name="AttemptsBefore">Attempts that its items had in other blocks.</param>
/// <param name="Label">The map's label; null without one.</param>
internal sealed record BlockPlace(long First, RandomKey Key, long SliceTicks, int AttemptsBefore, string? Label);

/// <summary>An item that failed.</summary>
/// <param name="At">Its place in the block.</param>
/// <param name="Chain">What it threw.</param>
internal sealed record ItemFailure(int At, RemoteError[] Chain);
