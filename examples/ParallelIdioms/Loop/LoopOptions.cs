using CommandLine;
using HpcRuntime.Examples.ParallelIdioms.Arguments;

namespace HpcRuntime.Examples.ParallelIdioms.Loop;

internal sealed class LoopOptions : ExampleOptions
{
    [Option("count", Default = "100", MetaValue = "N", HelpText = "Numbers to be answered.")]
    public string Count { get; set; } = string.Empty;

    [Option("delay", Default = "0", MetaValue = "TIME", HelpText = "What the command takes for an answer, such as 20ms; 0 for no time at all.")]
    public string Delay { get; set; } = string.Empty;

    [Option("countdown", HelpText = "Both ends take part: the master answers each number with the one below, until 0.")]
    public bool Countdown { get; set; }
}
