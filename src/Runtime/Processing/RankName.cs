using System;
using System.Globalization;

namespace HpcRuntime.Processing;

/// <summary>Names of ranks, for people.</summary>
internal static class RankName
{
    /// <summary>Host, process and managed thread of the calling rank; a master needs no thread.</summary>
    internal static string Here(int rank) => rank == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-pid{Environment.ProcessId}")
        : string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-pid{Environment.ProcessId}-t{Environment.CurrentManagedThreadId}");
}
