using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;

namespace HpcRuntime.Tests.Mpi;

/// <summary>Hosts of scripts/hosts-lab.sh, three unless more are asked for, for as long as this lives. There is one lab a machine: others wait for it.</summary>
internal sealed class HostsLab : IDisposable
{
    private readonly FileStream _lock;

    /// <summary>Builds it.</summary>
    /// <exception cref="InvalidOperationException">It cannot be built; the message says what is missing.</exception>
    internal HostsLab(int hosts = 3)
    {
        _lock = Lock();
        Script("down");
        Script("up", hosts.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>What <c>hosts-lab.sh env</c> gives: variables for a run whose ranks are on the lab's hosts.</summary>
    internal static (string Name, string Value)[] Variables(string agent, params string[] settings) =>
    [
        ("HPCRUNTIME_SET", string.Join(';', settings.Prepend("mpi.iface=hpclab").Prepend("mpi.agent=/run/hpcrun-lab/" + agent))),
        ("UCX_TLS", "tcp,self"),
        ("UCX_NET_DEVICES", "eth0"),
    ];

    /// <summary>Calls the script.</summary>
    internal static void Script(params string[] words)
    {
        var start = new ProcessStartInfo(RepositoryFiles.PathOf("scripts/hosts-lab.sh"), words) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"hosts-lab.sh {string.Join(' ', words)} ended with {process.ExitCode}: {error}{output.Result}");
        }
    }

    /// <summary>The processes in a host's network, sshd left out.</summary>
    internal static IReadOnlyList<string> Processes(string host)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", ["netns", "pids", "hpclab" + host[1..]]) { RedirectStandardOutput = true })!;
        var pids = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return [.. pids.Select(pid => string.Join(' ', LaunchedRanks.Words(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)))).Where(words => words.Length > 0 && !words.StartsWith("sshd", StringComparison.Ordinal) && !words.Contains("/usr/sbin/sshd", StringComparison.Ordinal))];
    }

    public void Dispose()
    {
        try
        {
            Script("down");
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static FileStream Lock()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream("/run/lock/hpcrun-lab.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (clock.Elapsed < TimeSpan.FromMinutes(10))
            {
                Thread.Sleep(200);
            }
        }
    }
}
