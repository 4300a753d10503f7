using System.ComponentModel.DataAnnotations;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>The options of <c>auto-diff</c>.</summary>
internal sealed class AutoDiffOptions : ApplicationOptions
{
    [Option("terms", Default = 20_000, HelpText = "Terms of the series.")]
    [Range(1, 100_000_000)]
    public int Terms { get; set; }

    [Option("points", Default = 32, HelpText = "Points from 1 on, below 2.")]
    [Range(1, 1_000_000)]
    public int Points { get; set; }
}
