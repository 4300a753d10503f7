using System;
using System.IO;
using System.Security.Cryptography;
using HpcRuntime.Examples.ParallelIdioms.Arguments;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Raytracer;

/// <summary>Draws a scene, one item for each line of pixels.</summary>
[Application("raytracer", "Draws balls and their mirror images as PNG, the same to the bit for any number of slaves.")]
public sealed class RaytracerApplication : ExampleApplication
{
    private const int MostPixels = 32_768;
    private static readonly ArgumentReader Reader = new("raytracer", "[options]: draws a scene with shadows, mirrors and random occlusion rays, line by line on the slaves.");

    /// <inheritdoc/>
    internal override int Run(Processor processor, string[] args, TextReader input, TextWriter output)
    {
        if (Reader.Read<RaytracerOptions>(args, output) is not { } options)
        {
            return 0;
        }

        var (width, height) = (Reader.Whole("--width", options.Width, 1, MostPixels), Reader.Whole("--height", options.Height, 1, MostPixels));
        using var file = Open(options.Output);
        using var pixels = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var png = new PngWriter(file, width, height))
        {
            foreach (var line in Picture.Lines(processor, width, height))
            {
                png.WriteLine(line);
                pixels.AppendData(line);
            }
        }

        output.WriteLine($"{width} x {height} pixels, sha256 {Convert.ToHexStringLower(pixels.GetHashAndReset())}");
        return 0;
    }

    private static Stream Open(string? output)
    {
        try
        {
            return output is null ? Stream.Null : new FileStream(output, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Reader.Refuse($"--output {output}: {e.Message}");
        }
    }
}
