using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HpcRuntime.Backends.Mpi.Launching;

namespace HpcRuntime.Launcher.Doctor;

/// <summary>Looks at one host over the agent, without MPI: whether it can be reached, has the program and .NET where this machine has them, and enough cores.</summary>
/// <param name="agent">Reaches hosts.</param>
/// <param name="program">The program without its arguments.</param>
/// <param name="directory">The directory in which ranks will start.</param>
/// <param name="version">What the program says to <c>--version</c> here.</param>
/// <param name="application">The application that is to run there; null for none.</param>
internal sealed class HostProbe(HostAgent agent, IReadOnlyList<string> program, string directory, string version, ApplicationBuild? application)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What is found on a host.</summary>
    internal IReadOnlyList<Finding> Look(HostSlots host)
    {
        var subject = "host " + host.Name;
        var command = string.Join(' ', program.Select(MpiexecCommand.Quote));
        var run = agent.Run(host.Name, $"""
            echo "name=$(uname -n)"
            echo "cores=$(nproc 2>/dev/null)"
            cd {MpiexecCommand.Quote(directory)} 2>/dev/null && echo directory=yes
            echo "program=$({command} --version 2>&1 | head -n 1)"
            """, Limit);
        if (run.Code != 0)
        {
            var said = string.Join("; ", run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(2));
            return [Finding.Ill(subject, $"cannot be reached: {agent.Name} {(run.Code is { } code ? "ended with code " + Text(code) : "gave no answer")}{(said.Length > 0 ? ": " + said : string.Empty)}",
                $"`{agent.Name} {host.Name} true` must work without a question: start sshd there, put your key into its authorized_keys (ssh-copy-id {host.Name}) and its host key into known_hosts, or take it from the host file")];
        }

        var facts = run.Output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToDictionary(group => group.Key, group => group.First()[1]);
        return [.. Judge(host, subject, command, facts), .. application is null ? Array.Empty<Finding>() : [application.Compare(agent, host.Name)]];
    }

    private IEnumerable<Finding> Judge(HostSlots host, string subject, string command, Dictionary<string, string> facts)
    {
        var cores = int.TryParse(facts.GetValueOrDefault("cores"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        yield return Finding.Well(subject, $"answers as {facts.GetValueOrDefault("name")}, {(cores is null ? "does not tell its cores" : Text(cores.Value) + " cores")}, {Text(host.Slots)} slot{(host.Slots == 1 ? string.Empty : "s")}");
        if (host.Slots > cores)
        {
            yield return Finding.Ill(subject, $"has {Text(host.Slots)} slots on {Text(cores.Value)} cores: its slaves would share them", $"write `{host.Name} slots={Text(cores.Value)}` into the host file, or ask for fewer slaves with -n");
        }

        if (!facts.ContainsKey("directory"))
        {
            yield return Finding.Ill(subject, $"has no directory {directory}", "start the run in a directory that all hosts share, or make it there");
        }

        var said = facts.GetValueOrDefault("program") ?? string.Empty;
        if (said != version)
        {
            yield return Finding.Ill(subject, said.StartsWith("hpcrun ", StringComparison.Ordinal) ? $"has {said}, this machine {version}" : $"cannot run `{command}`: {said}",
                ApplicationBuild.Fix);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
