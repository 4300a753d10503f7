using System.Collections.Generic;

namespace HpcRuntime.Launcher.Exec;

/// <summary>One job: a line of input made into a command.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Values">What its placeholders were filled with.</param>
/// <param name="CommandLine">The command as one would type it; what the log and the dry run show.</param>
/// <param name="Program">What is started.</param>
/// <param name="Arguments">What it is given.</param>
internal sealed record ExecJob(long Number, IReadOnlyList<string> Values, string CommandLine, string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Executions begun.</summary>
    internal int Tries { get; set; }
}
