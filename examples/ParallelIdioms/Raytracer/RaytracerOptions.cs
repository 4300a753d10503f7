using CommandLine;
using HpcRuntime.Examples.ParallelIdioms.Arguments;

namespace HpcRuntime.Examples.ParallelIdioms.Raytracer;

internal sealed class RaytracerOptions : ExampleOptions
{
    [Option("width", Default = "300", MetaValue = "PIXELS", HelpText = "Width of the picture.")]
    public string Width { get; set; } = string.Empty;

    [Option("height", Default = "200", MetaValue = "PIXELS", HelpText = "Height of the picture.")]
    public string Height { get; set; } = string.Empty;

    [Option("output", MetaValue = "FILE", HelpText = "Write the picture as PNG. Without it only its checksum is printed.")]
    public string? Output { get; set; }
}
