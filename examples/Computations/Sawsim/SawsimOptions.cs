using System.ComponentModel.DataAnnotations;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>The options of <c>sawsim</c>.</summary>
internal sealed class SawsimOptions : ApplicationOptions
{
    [Option("model", Default = "protein", HelpText = "protein: unfolded domains are worm-like chains. linear: the force rises at a constant rate, for comparison with theory.")]
    [AllowedValues("protein", "linear", ErrorMessage = "protein or linear")]
    public string Model { get; set; } = string.Empty;

    [Option("curves", Default = 400, HelpText = "Curves to simulate.")]
    [Range(1, 10_000_000)]
    public int Curves { get; set; }

    [Option("domains", Default = 8, HelpText = "Domains in a chain.")]
    [Range(1, 1000)]
    public int Domains { get; set; }

    [Option("cache", MetaValue = "FOLDER", HelpText = "Keep simulated curves there, and take them from there where they are there already.")]
    [MinLength(1, ErrorMessage = "the name of a folder")]
    public string? Cache { get; set; }
}
