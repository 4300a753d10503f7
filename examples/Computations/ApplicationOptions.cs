using System.Collections.Generic;
using CommandLine;

namespace HpcRuntime.Examples.Computations;

/// <summary>What the options of all these applications have in common: nothing but options is expected.</summary>
internal abstract class ApplicationOptions
{
    /// <summary>Words that belong to no option.</summary>
    [Value(0, Hidden = true)]
    public IEnumerable<string> Others { get; set; } = [];
}
