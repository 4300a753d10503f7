using CommandLine;
using HpcRuntime.Examples.ParallelIdioms.Arguments;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

internal sealed class BottlesOptions : ExampleOptions
{
    [Option("patterns", Default = "pants,trousers,shorts", MetaValue = "P,Q", HelpText = "Regular expressions, separated by commas; a comma inside of one is written \\x2C.")]
    public string Patterns { get; set; } = string.Empty;

    [Option("heartbeat", MetaValue = "TIME", HelpText = "Say so whenever nothing matched for this long, such as 5s.")]
    public string? Heartbeat { get; set; }

    [Option("from-start", HelpText = "Begin with what is in the files already, not at their ends.")]
    public bool FromStart { get; set; }

    [Option("until", MetaValue = "LINE", HelpText = "A file is followed until this line comes; the program ends with the last file. Without it: until it is interrupted.")]
    public string? Until { get; set; }

    [Option("by-file", HelpText = "Print the matches of each file together, in the order of the files, as soon as they are complete; goes with --until.")]
    public bool ByFile { get; set; }
}
