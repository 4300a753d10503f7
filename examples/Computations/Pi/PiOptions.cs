using System.ComponentModel.DataAnnotations;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>The options of <c>pi</c>.</summary>
internal sealed class PiOptions : ApplicationOptions
{
    [Option("jobs", Default = 16, HelpText = "Jobs that throw.")]
    [Range(1, 1_000_000)]
    public int Jobs { get; set; }

    [Option("darts", Default = 500_000, HelpText = "Darts that each job throws.")]
    [Range(1, 2_000_000_000)]
    public int Darts { get; set; }
}
