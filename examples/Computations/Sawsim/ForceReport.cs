using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MathNet.Numerics.Statistics;

namespace HpcRuntime.Examples.Computations;

/// <summary>What the forces of many curves have in common.</summary>
internal static class ForceReport
{
    private const int Buckets = 20;
    private const int LongestBar = 60;

    /// <summary>Writes mean, standard deviation, the mean of each peak of the saw, and a histogram.</summary>
    /// <param name="curves">Curve by curve, the forces in pN in the order of the peaks.</param>
    /// <param name="expected">Mean and standard deviation by theory; null where there is none.</param>
    /// <param name="console">Where to write.</param>
    public static void Write(IReadOnlyList<double[]> curves, (double Mean, double Deviation)? expected, TextWriter console)
    {
        var forces = curves.SelectMany(curve => curve).ToArray();
        var (mean, deviation) = forces.Length > 1 ? forces.MeanStandardDeviation() : (forces[0], 0);
        console.WriteLine($"{forces.Length} unfolding forces from {curves.Count} curves");
        console.WriteLine($"mean {mean:F2} pN, standard deviation {deviation:F2} pN");
        if (expected is { } theory)
        {
            console.WriteLine($"in theory {theory.Mean:F2} pN and {theory.Deviation:F2} pN");
        }

        console.WriteLine($"mean of each peak: {string.Join(' ', Enumerable.Range(0, curves[0].Length).Select(peak => $"{curves.Average(curve => curve[peak]):F1}"))}");
        var histogram = new Histogram(forces, Buckets);
        var most = Enumerable.Range(0, Buckets).Max(i => histogram[i].Count);
        for (var i = 0; i < Buckets; i++)
        {
            console.WriteLine($"{(histogram[i].LowerBound + histogram[i].UpperBound) / 2,7:F1} {histogram[i].Count,6:F0} {new string('#', (int)Math.Ceiling(LongestBar * histogram[i].Count / most))}".TrimEnd());
        }
    }
}
