using System.ComponentModel.DataAnnotations;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>The options of <c>dependencies</c>.</summary>
internal sealed class DependenciesOptions : ApplicationOptions
{
    [Option("unit", Default = 20.0, HelpText = "The sleepers sleep 5, 4, 3, 2, 1 and five times 0 of these, in ms.")]
    [Range(0.0, 60_000.0)]
    public double Unit { get; set; }
}
