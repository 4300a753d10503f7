using System.ComponentModel.DataAnnotations;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>The options of <c>quicksort</c>.</summary>
internal sealed class QuicksortOptions : ApplicationOptions
{
    [Option("numbers", Default = 1_000_000, HelpText = "How many numbers.")]
    [Range(1, 200_000_000)]
    public int Numbers { get; set; }

    [Option("largest", Default = 100_000, HelpText = "They are drawn from 0 to this one.")]
    [Range(0, 2_000_000_000)]
    public int Largest { get; set; }

    [Option("levels", Default = 5, HelpText = "How often they are parted in two before what is left is sorted: 5 for 32 leaves.")]
    [Range(0, 16)]
    public int Levels { get; set; }
}
