using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>How the mpi fabric is launched, where its user says more than the host file does. Options of the fabric mpi.</summary>
internal sealed record LaunchOptions
{
    private static readonly FabricOption AgentOption = new("agent", "The program that reaches another host, called as ssh is: AGENT HOST COMMAND; a path without arguments", "ssh");
    private static readonly FabricOption InterfaceOption = new("iface", "The network interface of this machine that the other hosts can reach; auto finds it by their addresses", "auto");
    private static readonly FabricOption FolderOption = new("run-folder", "Where a run leaves its result record: a folder of this machine, which other hosts may share or not. Removed at the end; auto takes the temporary folder, or the working directory when the first host is another machine", "auto");
    private static readonly FabricOption ArgumentsOption = new("mpiexec-options", "Further options for mpiexec, separated by blanks", "none");

    /// <summary>For the fabric's own list.</summary>
    internal static IReadOnlyList<FabricOption> All { get; } = [AgentOption, InterfaceOption, FolderOption, ArgumentsOption];

    /// <summary>What reaches other hosts.</summary>
    internal HostAgent Agent { get; init; } = new(null);

    /// <summary>Null for the one that leads to the hosts.</summary>
    internal string? Interface { get; init; }

    /// <summary>Null where nobody said.</summary>
    internal string? Folder { get; init; }

    /// <summary>For mpiexec, as they are.</summary>
    internal IReadOnlyList<string> MpiexecOptions { get; init; } = [];

    /// <summary>Reads the options from the settings of the fabric mpi, by key.</summary>
    internal static LaunchOptions From(IReadOnlyDictionary<string, string> values)
    {
        string? Given(FabricOption option) => values.FirstOrDefault(pair => option.Matches(pair.Key)).Value is { } value && value != option.Default ? value : null;
        return new LaunchOptions
        {
            Agent = new HostAgent(Given(AgentOption)),
            Interface = Given(InterfaceOption),
            Folder = Given(FolderOption),
            MpiexecOptions = Given(ArgumentsOption)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
        };
    }
}
