using System.Collections.Generic;
using System.Linq;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>A run that is to be launched.</summary>
/// <param name="Installation">The launcher to use.</param>
/// <param name="Slaves">Slaves; there is one rank more.</param>
/// <param name="Placement">Which rank goes where; null leaves it to the launcher: this machine, or what an administrator set up.</param>
/// <param name="Program">The program and its arguments, for every rank.</param>
/// <param name="WorkingDirectory">The directory in which every rank starts.</param>
/// <param name="Options">What the user said beside.</param>
internal sealed record LaunchRequest(MpiInstallation Installation, int Slaves, Placement? Placement, IReadOnlyList<string> Program, string WorkingDirectory, LaunchOptions Options)
{
    /// <summary>Ranks in all.</summary>
    internal int Size => Slaves + 1;

    /// <summary>Whether rank 0 reads the launcher's standard input; else it is empty, as that of every other rank is in any case.</summary>
    internal bool PassesInput { get; init; }

    /// <summary>The hosts that are reached by the agent.</summary>
    internal IReadOnlyList<string> OtherHosts { get; init; } = Placement is null ? [] : [.. Placement.Hosts.Select(host => host.Host.Name).Where(name => !HostNetwork.IsThisMachine(name))];

    /// <summary>Whether rank 0 runs on this machine.</summary>
    internal bool MasterIsHere => Placement is null || !OtherHosts.Contains(Placement.Hosts[0].Host.Name);
}
