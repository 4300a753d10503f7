using System.ComponentModel.DataAnnotations;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>The options of <c>ln2</c>.</summary>
internal sealed class Ln2Options : ApplicationOptions
{
    [Option("terms", Default = 19_999_999, HelpText = "Terms of the series.")]
    [Range(1, 1_000_000_000)]
    public int Terms { get; set; }

    [Option("parts", Default = 128, HelpText = "Parts that the terms are cut into.")]
    [Range(1, 1_000_000)]
    public int Parts { get; set; }
}
