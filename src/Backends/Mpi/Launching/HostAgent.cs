using System;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>Reaches other hosts: ssh without questions, or what the user gives in its place.</summary>
/// <param name="Path">The user's; null for ssh.</param>
internal sealed record HostAgent(string? Path)
{
    private static readonly string[] SshOptions = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"];

    /// <summary>For messages.</summary>
    internal string Name => Path ?? "ssh";

    /// <summary>The agent as the beginning of a line of shell.</summary>
    internal string ShellWords => Path is null ? "ssh " + string.Join(' ', SshOptions)
        : MpiexecCommand.Quote(Path.Contains('/', StringComparison.Ordinal) ? System.IO.Path.GetFullPath(Path) : Path);

    /// <summary>Runs lines of POSIX shell on a host, whatever shell its user has.</summary>
    internal ToolRun Run(string host, string lines, TimeSpan limit) => HostNetwork.IsThisMachine(host)
        ? ToolRun.Run("/bin/sh", ["-c", lines], limit)
        : ToolRun.Run(Name, [.. Path is null ? SshOptions : [], host, "exec /bin/sh -c " + MpiexecCommand.Quote(lines)], limit);
}
