using BenchmarkDotNet.Running;

namespace HpcRuntime.MicroBenchmarks;

/// <summary>Times and allocations of the parts that every command passes. <c>--filter '*'</c> runs all of them, <c>--job dry</c> each once.</summary>
internal static class Program
{
    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
