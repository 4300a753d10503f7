using System.Collections.Generic;
using CommandLine;

namespace HpcRuntime.Hosting;

/// <summary>The options that every program on HpcRuntime takes, as they were typed; null where they were not. Each has an environment variable of the same name.</summary>
internal sealed class CommonOptions
{
    [Option("processor", MetaValue = "NAME", HelpText = "The fabric to run on: a name that `hpcrun info` lists, auto (the first usable of mpi, process, thread), or path/to/My.dll[:Type]. Default: thread; mpi under an MPI launcher.")]
    public string? Processor { get; set; }

    [Option('n', "slaves", MetaValue = "N", HelpText = "Slaves; the master is not counted. Default: allowed cores / OMP_NUM_THREADS, at least 1; allowed cores heed SLURM_CPUS_PER_TASK, PBS_NUM_PPN, affinity and cgroup.")]
    public string? Slaves { get; set; }

    [Option("hostfile", MetaValue = "FILE", HelpText = "The hosts for the fabric mpi, such as mpi-hostfiles/local.hosts; without --processor it means mpi. Default: those of the batch system's allocation, else this machine.")]
    public string? HostFile { get; set; }

    [Option("mpi", MetaValue = "MPI", HelpText = "The MPI to launch with: mpich, openmpi, or the path of an mpiexec or of a folder that holds one. Default: the first mpiexec on PATH.")]
    public string? Mpi { get; set; }

    [Option("debug", HelpText = "Run everything in line on the master, so that a debugger steps into commands. Default: off.")]
    public bool Debug { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "Seed of every random stream, a whole number. Default: 0.")]
    public string? Seed { get; set; }

    [Option("set", MetaValue = "FABRIC.KEY=VALUE", HelpText = "Sets an option of a fabric or of the wire; may be repeated. Default: none set.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("chunking", MetaValue = "HOW", HelpText = "How commands travel together: adaptive, each (one a message), static (the queue cut once into slaves x grain chunks). Default: adaptive.")]
    public string? Chunking { get; set; }

    [Option("grain", MetaValue = "N", HelpText = "Chunks for each slave under --chunking static. Default: 1.")]
    public string? Grain { get; set; }

    [Option("error-policy", MetaValue = "POLICY", HelpText = "After a command failed: fail-fast (hand out no more, report the first) or continue (finish all, report every one). Default: fail-fast.")]
    public string? ErrorPolicy { get; set; }

    [Option("max-attempts", MetaValue = "N", HelpText = "Executions allowed for a command whose slaves are lost. Default: 3.")]
    public string? MaxAttempts { get; set; }

    [Option("strict", HelpText = "End with 4 after any loss of a slave, even if its commands were repeated well. Default: off.")]
    public bool Strict { get; set; }

    [Option("timeout", MetaValue = "TIME", HelpText = "The most time one attempt of a command may take: 30, 30s, 5m, 1h, 250ms or none. Default: none.")]
    public string? Timeout { get; set; }

    [Option("max-output", MetaValue = "SIZE", HelpText = "What one command may print: 4096, 10MB, 1GiB or none. Default: 1GiB.")]
    public string? MaxOutput { get; set; }

    [Option("prefix", MetaValue = "WHEN", HelpText = "Show lines behind the rank that printed them: auto (at verbosity debug with several slaves), rank, none. Default: auto.")]
    public string? Prefix { get; set; }

    [Option("verbosity", MetaValue = "LEVEL", HelpText = "Diagnostics on standard error: quiet (errors), normal (warnings), verbose, debug. Default: normal.")]
    public string? Verbosity { get; set; }

    [Option("log-file", MetaValue = "FILE", HelpText = "Also append diagnostics to FILE, with rank, host and pid. Default: none.")]
    public string? LogFile { get; set; }

    [Option("stats", HelpText = "Print a table of what each slave did, on standard error, at the end. Default: off.")]
    public bool Stats { get; set; }

    [Option("trace", MetaValue = "FILE", HelpText = "Write a timeline of what each slave ran to FILE, for ui.perfetto.dev or chrome://tracing. Default: none.")]
    public string? Trace { get; set; }

    [Option("progress", MetaValue = "WHEN", HelpText = "A live line with commands done, rate and time left: auto (on a terminal), on, off. Default: auto.")]
    public string? Progress { get; set; }

    [Option("backend-path", MetaValue = "FOLDERS", HelpText = "Folders in which further fabrics are looked for, separated as in PATH. Default: none.")]
    public string? BackendPath { get; set; }

    [Option("dry-run", HelpText = "Print what would be run and where each option came from, and end with 0. Default: off.")]
    public bool DryRun { get; set; }

    [Option('h', "help", HelpText = "Print this help and end.")]
    public bool Help { get; set; }

    [Option("version", HelpText = "Print the version and end.")]
    public bool Version { get; set; }

    [Value(0)]
    public IEnumerable<string> Plain { get; set; } = [];
}
