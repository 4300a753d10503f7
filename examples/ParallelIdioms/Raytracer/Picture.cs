using System.Collections.Generic;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Raytracer;

/// <summary>The picture as a map over its lines.</summary>
internal static class Picture
{
    /// <summary>The lines from above, each as soon as it and those above it are there. An item's random numbers depend on the seed and its index alone, so each line is the same wherever it is drawn.</summary>
    internal static IEnumerable<byte[]> Lines(Processor processor, int width, int height) =>
        processor.Map(Enumerable.Range(0, height), (line, slave) => slave.Local(() => new Scene()).Line(line, width, height, slave.Random));
}
