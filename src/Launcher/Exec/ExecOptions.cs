using System;
using System.Collections.Generic;
using System.Linq;

namespace HpcRuntime.Launcher.Exec;

/// <summary>An option of <c>hpcrun exec</c>.</summary>
/// <param name="Names">Every name it has, the first for messages: letters stand behind one dash, words behind two.</param>
/// <param name="MetaValue">What stands for its value; empty for a switch.</param>
/// <param name="Help">What it does, with its default.</param>
internal sealed record ExecOption(string[] Names, string MetaValue, string Help)
{
    internal string Name => Names[0];

    /// <summary>As it is typed.</summary>
    internal string Usage => string.Join(", ", Names.OrderBy(name => name.Length).Select(Dashed)) + (MetaValue.Length > 0 ? " " + MetaValue : string.Empty);

    internal static string Dashed(string name) => (name.Length == 1 ? "-" : "--") + name;
}

/// <summary>The options of <c>hpcrun exec</c> beside the common ones: the words of GNU parallel.</summary>
internal static class ExecOptions
{
    internal static IReadOnlyList<ExecOption> All { get; } =
    [
        new(["jobs", "j", "P", "max-procs"], "N", "Jobs at a time, which is slaves (-n): a number, or 50%, +1, -1 of the allowed cores. Default: as -n."),
        new(["arg-file", "a"], "FILE", "Values from FILE, one a line; - is standard input. May be repeated: each is a source."),
        new(["null", "0"], "", "Values of files and standard input end with a null byte, not with a line."),
        new(["delimiter", "d"], "C", "They end with the character C; \\n, \\t and \\0 are understood."),
        new(["colsep", "C"], "REGEX", "Splits each value into several, {1} {2} ..., where REGEX matches."),
        new(["max-args", "N"], "N", "Puts N values into each job, {1} ... {N}. Default: 1."),
        new(["link", "xapply"], "", "Sources go along with each other, value by value, shorter ones from their start again. Default: every combination."),
        new(["no-run-if-empty", "r"], "", "Leaves out values that are empty."),
        new(["replacement", "I"], "TEXT", "TEXT stands for {}. Default: {}."),
        new(["quote", "q"], "", "The words of the command are arguments as they are, for no shell to read."),
        new(["shell"], "FILE", "The shell for commands that need one. Default: PARALLEL_SHELL, else SHELL if it is of Bourne's family, else /bin/sh."),
        new(["keep-order", "k"], "", "Output in the order of the input. Default: in the order in which jobs end."),
        new(["group"], "", "Output of each job together, once it has ended; this is the default."),
        new(["ungroup", "u"], "", "Output as it comes, without passing through the master where slaves are threads: lines of several jobs may mix."),
        new(["tag"], "", "Each line of output behind the values of its job and a tab."),
        new(["halt", "halt-on-error"], "WHEN", "never: run all. soon,fail=N: begin no new jobs once N have failed. now,fail=N: end running ones too. Likewise success=N and done=N. Default: never, or soon,fail=1 under --error-policy fail-fast."),
        new(["retries"], "N", "Runs a job that fails up to N times in all; also sets --max-attempts. Default: 1."),
        new(["joblog"], "FILE", "A line for each job that has ended, in GNU parallel's format."),
        new(["resume"], "", "Leaves out jobs that are in the log of --joblog, and goes on with it."),
        new(["resume-failed"], "", "As --resume, and runs again those that failed."),
        new(["results", "res"], "FOLDER", "Writes what each job prints to files below FOLDER instead of showing it."),
        new(["workdir", "wd"], "FOLDER", "Where jobs run, on every slave. Default: where the slave runs."),
        new(["dry-run", "dryrun"], "", "Prints the commands instead of running them."),
        new(["bar", "eta"], "", "As --progress on."),
        new(["will-cite"], "", "Understood and ignored."),
    ];

    // Words of GNU parallel that mean something else here, or nothing: told instead of "unknown".
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["S"] = Hosts,
        ["sshlogin"] = Hosts,
        ["sshloginfile"] = Hosts,
        ["slf"] = Hosts,
        ["pipe"] = "splitting standard input among jobs is not offered",
        ["pipepart"] = "splitting a file among jobs is not offered",
        ["X"] = "give -N for a number of values in each job",
        ["m"] = "give -N for a number of values in each job",
        ["xargs"] = "give -N for a number of values in each job",
        ["max-replace-args"] = "give -N for a number of values in each job",
        ["line-buffer"] = LineBuffer,
        ["linebuffer"] = LineBuffer,
        ["lb"] = LineBuffer,
        ["nice"] = "give --set process.priority=N with --processor process",
        ["header"] = "leave the first line out of the input",
        ["env"] = "slaves have the master's environment",
        ["s"] = "the system's own limit holds",
    };

    private const string Hosts = "hosts are the fabric's business: --processor mpi and its host file";
    private const string LineBuffer = "give --ungroup, which shows whole lines where slaves are processes";

    /// <summary>The option called <paramref name="name"/>, without dashes; null for none.</summary>
    internal static ExecOption? Find(string name) => All.FirstOrDefault(option => option.Names.Contains(name, StringComparer.Ordinal));

    /// <summary>What to do instead of an option of GNU parallel's; null for one that is unknown to it as well.</summary>
    internal static string? InsteadOf(string name) => Elsewhere.GetValueOrDefault(name);
}
