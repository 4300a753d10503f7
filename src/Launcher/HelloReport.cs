using System;

namespace HpcRuntime.Launcher;

/// <summary>Where a rank runs.</summary>
/// <param name="Host">The machine.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Thread">The managed thread.</param>
internal sealed record HelloReport(string Host, int ProcessId, int Thread)
{
    /// <summary>Where the caller runs.</summary>
    internal static HelloReport OfThisThread() => new(Environment.MachineName, Environment.ProcessId, Environment.CurrentManagedThreadId);
}
