using CommandLine;
using HpcRuntime.Examples.ParallelIdioms.Arguments;

namespace HpcRuntime.Examples.ParallelIdioms.Grid;

internal sealed class GridOptions : ExampleOptions
{
    [Option("style", Default = "map", MetaValue = "NAME", HelpText = "How the cells are handed out: serial, map, queue, managed, start, reusable or continuous.")]
    public string Style { get; set; } = string.Empty;

    [Option("delay", Default = "20ms", MetaValue = "TIME", HelpText = "How long the work on a cell takes, such as 1s or 20ms; 0 for no time at all.")]
    public string Delay { get; set; } = string.Empty;
}
