using CommandLine;
using HpcRuntime.Examples.ParallelIdioms.Arguments;

namespace HpcRuntime.Examples.ParallelIdioms.NativeKernel;

internal sealed class NativeKernelOptions : ExampleOptions
{
    [Option("library", MetaValue = "FILE", HelpText = "The compiled kernels. Default: libheat-kernels.so beside this program.")]
    public string? Library { get; set; }

    [Option("build", HelpText = "Compile the kernels into that file first, with gcc and gfortran.")]
    public bool Build { get; set; }

    [Option("modes", Default = "6", MetaValue = "N", HelpText = "Waves, one command for each.")]
    public string Modes { get; set; } = string.Empty;

    [Option("points", Default = "99", MetaValue = "N", HelpText = "Points of the rod.")]
    public string Points { get; set; } = string.Empty;

    [Option("steps", Default = "400", MetaValue = "N", HelpText = "Steps in time.")]
    public string Steps { get; set; } = string.Empty;
}
