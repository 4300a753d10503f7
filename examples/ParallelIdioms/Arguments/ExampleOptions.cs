using System.Collections.Generic;
using CommandLine;

namespace HpcRuntime.Examples.ParallelIdioms.Arguments;

/// <summary>What every example's command line has: words that belong to no option. CommandLineParser drops them in silence where nobody takes them.</summary>
internal abstract class ExampleOptions
{
    [Value(0, Hidden = true)]
    public IEnumerable<string> Words { get; set; } = [];
}
