using System.Collections.Generic;
using CommandLine;

namespace HpcRuntime.Launcher.Bench;

/// <summary>The options that only <c>hpcrun bench</c> takes, beside those of every program.</summary>
internal sealed class BenchOptions
{
    [Option("workload", MetaValue = "NAME", HelpText = "What to measure: W1 (no-op commands), W2 (round trip), W3a and W3b (payloads of 1 and 64 MiB), W3c (data for every slave), W4 (uneven work), W5 (sort), W6 (start), W7 (output), W8 (idle); beside those of the contract wake (round trip to a slave that sleeps), asleep (the same where the master slept too), map (over numbers), memory (of queued commands), lazy (memory of a long input), capture (cost of output), cancel (of what waits). Default: a short table of several.")]
    public string? Workload { get; set; }

    [Option("workers", MetaValue = "N", HelpText = "The same as --slaves, under the name that other systems' benchmarks use.")]
    public string? Workers { get; set; }

    [Option("mode", MetaValue = "HOW", HelpText = "each: one command in a message; default: as the runtime packs them. Default: each.")]
    public string? Mode { get; set; }

    [Option("reps", MetaValue = "N", HelpText = "Repetitions on the same slaves. Default: 3.")]
    public string? Repetitions { get; set; }

    [Option("rep-budget", MetaValue = "SECONDS", HelpText = "No further repetition once the timed parts add up to more. Default: 15.")]
    public string? Budget { get; set; }

    [Option("tasks", MetaValue = "N", HelpText = "Commands to run; 0 for the workload's own number. Default: 0.")]
    public string? Tasks { get; set; }

    [Option("payload", MetaValue = "BYTES", HelpText = "Bytes one way for each command of W3a, W3b and W3c; 0 for the workload's own. Default: 0.")]
    public string? Payload { get; set; }

    [Option("json", HelpText = "Print the table's figures as lines of JSON. Default: off; with --workload always on.")]
    public bool Json { get; set; }

    [Option("vs", MetaValue = "FILE", HelpText = "Compare the table with the lines that an earlier --json printed. Default: none.")]
    public string? Versus { get; set; }

    [Value(0)]
    public IEnumerable<string> Plain { get; set; } = [];
}
