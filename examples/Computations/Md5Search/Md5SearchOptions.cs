using System.ComponentModel.DataAnnotations;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>The options of <c>md5-search</c>.</summary>
internal sealed class Md5SearchOptions : ApplicationOptions
{
    [Option("hash", Default = "48ae4d2d384dcc470e471f4169daa96a", HelpText = "The hash, 32 hexadecimal digits.")]
    [RegularExpression("[0-9a-fA-F]{32}", ErrorMessage = "32 hexadecimal digits")]
    public string Hash { get; set; } = string.Empty;

    [Option("last", Default = 1_999_999, HelpText = "Numbers from 1 to this one are tried.")]
    [Range(1, 2_000_000_000)]
    public int Last { get; set; }

    [Option("parts", Default = 128, HelpText = "Parts that the numbers are cut into.")]
    [Range(1, 1_000_000)]
    public int Parts { get; set; }
}
