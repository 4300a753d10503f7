using System.ComponentModel.DataAnnotations;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>The options of <c>primes</c>.</summary>
internal sealed class PrimesOptions : ApplicationOptions
{
    [Option("from", Default = 100_000, HelpText = "The first limit.")]
    [Range(0, 1_000_000)]
    public int From { get; set; }

    [Option("step", Default = 100, HelpText = "How much further the next limit is.")]
    [Range(0, 10_000)]
    public int Step { get; set; }

    [Option("jobs", Default = 8, HelpText = "How many limits.")]
    [Range(1, 10_000)]
    public int Jobs { get; set; }
}
