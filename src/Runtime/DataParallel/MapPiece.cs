using System;
using System.Collections.Generic;

namespace HpcRuntime.DataParallel;

/// <summary>Results of neighbouring items, as they came home.</summary>
/// <param name="First">The index of the first.</param>
/// <param name="Values">One for each item; empty where it failed.</param>
/// <param name="Failures">What failed, by index; null for nothing.</param>
internal sealed record MapPiece<TResult>(long First, TResult[] Values, Dictionary<long, Exception>? Failures)
{
    internal Exception? FailureAt(int at) => Failures is null ? null : Failures.GetValueOrDefault(First + at);
}

/// <summary>Takes the results of a map. Called under the map's gate, by whoever drives the processor: it must be short.</summary>
internal interface IMapSink<TResult>
{
    void Take(MapPiece<TResult> piece);
}
