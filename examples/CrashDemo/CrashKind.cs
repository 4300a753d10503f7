using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.CrashDemo;

/// <summary>A way in which a command can go wrong.</summary>
/// <param name="Name">After <c>--kind</c>.</param>
/// <param name="Summary">What the command does, for the help.</param>
/// <param name="Act">Does it, on the slave.</param>
/// <param name="SparesProcess">Whether the process that runs it lives on, so that threads will do as slaves.</param>
internal sealed record CrashKind(string Name, string Summary, Action Act, bool SparesProcess = false)
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<CrashKind> All { get; } =
    [
        new("exit", "ends its process with exit code 3", () => Environment.Exit(3)),
        new("kill", "is killed by SIGKILL, as by the system when memory runs out", () => Crashes.Signal(9)),
        new("segv", "has the C library read from an address where nothing is", Crashes.ReadNowhere),
        new("overflow", "calls itself until the stack is full", () => Crashes.Deeper(1)),
        new("stop", "stops its process with SIGSTOP; process.heartbeat finds out", () => Crashes.Signal(19)),
        new("loop", "never ends; --timeout ends it (2 s when none is given)", Crashes.Spin, SparesProcess: true),
        new("oom", "takes memory until there is none; it may have 512 MiB", Crashes.TakeMemory),
        new("flood", "prints without end; --max-output ends it", Crashes.Flood, SparesProcess: true),
        new("half-line", "is killed by SIGKILL in the middle of a line", Crashes.WriteHalfALine),
    ];

    /// <summary>The kind called <paramref name="name"/>.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    internal static CrashKind Named(string name) =>
        All.FirstOrDefault(kind => kind.Name == name) ?? throw new UsageException($"crash-demo: --kind is one of {string.Join(", ", All.Select(kind => kind.Name))}, not '{name}'.");
}
