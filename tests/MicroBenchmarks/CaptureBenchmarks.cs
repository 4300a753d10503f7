using System;
using BenchmarkDotNet.Attributes;
using HpcRuntime.Output;

namespace HpcRuntime.MicroBenchmarks;

/// <summary>Catching what a command prints, on a slave that shares its process with others.</summary>
[MemoryDiagnoser]
public class CaptureBenchmarks
{
    private readonly ConsoleCapture _capture = new();

    [Params(0, 1, 10)]
    public int Lines { get; set; }

    [Benchmark]
    public bool Command()
    {
        var output = _capture.Begin(long.MaxValue);
        for (var i = 0; i < Lines; i++)
        {
            Console.WriteLine("a line of thirty characters...");
        }

        output.End();
        return output.HasPending;
    }

    [GlobalCleanup]
    public void End() => _capture.Dispose();
}
