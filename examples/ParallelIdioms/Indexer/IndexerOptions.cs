using CommandLine;
using HpcRuntime.Examples.ParallelIdioms.Arguments;

namespace HpcRuntime.Examples.ParallelIdioms.Indexer;

internal sealed class IndexerOptions : ExampleOptions
{
    [Option("prefix", MetaValue = "P,Q", HelpText = "Look these up, separated by commas, instead of asking for prefixes.")]
    public string? Prefix { get; set; }
}
