using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>One function, many items.</summary>
internal static class Maps
{
    internal static int Run(Processor processor)
    {
        var numbers = Enumerable.Range(0, 10_000).ToArray();
        var squares = processor.Map(numbers, x => (long)x * x);                     // begins now
        Console.WriteLine($"{squares.Count} {squares[7]} {string.Join(' ', squares[2..5])} {squares.Sum()}");

        var roots = processor.Map(new[] { 4.0, -1.0, 9.0 }, Root);
        Console.WriteLine($"{roots[0]} {roots[2]}");                                // the others are not concerned
        Console.WriteLine(((SlaveCommandException)roots.FailureAt(1)!).RemoteMessage);

        var sums = processor.StarMap(new[] { (1, 2), (3, 4) }, (a, b) => a + b);    // tuples spread over parameters
        Console.WriteLine(string.Join(' ', sums));

        var narrow = new MapOptions { MaxConcurrency = 1, ChunkSize = 5, Label = "narrow" };
        Console.WriteLine(processor.Map(numbers, (x, slave) => slave.Map(Enumerable.Range(0, 3), y => x + y).Max(), narrow).Max());
        return 0;
    }

    private static double Root(double x) => x >= 0 ? Math.Sqrt(x) : throw new ArithmeticException($"{x} has no root");
}
