using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using HpcRuntime.Output;
using HpcRuntime.Wire;

namespace HpcRuntime.Benchmarks;

/// <summary>What it costs to write an object and to read it back, and to catch the output of a command that prints nothing. On one thread, the best of nine rounds.</summary>
internal static class WireFigures
{
    private const int Rounds = 9;

    internal static void Run(Action<string, string> print)
    {
        Measure(print, "class with one int", new Echo(42));
        Measure(print, "record of string, double, int[16]", new Sample("sample", 0.5, new int[16]));
        Measure(print, "double[1000]", new double[1000]);
        Measure(print, "list of 100 strings", Enumerable.Range(0, 100).Select(i => $"string {i}").ToList());
        Measure(print, "dictionary of 100 ints by string", Enumerable.Range(0, 100).ToDictionary(i => $"key {i}"));
        using var capture = new ConsoleCapture();
        print("capture of a silent command", $"{Best(() => capture.Begin(long.MaxValue).End()):F0} ns");
    }

    private static void Measure(Action<string, string> print, string what, object value)
    {
        var types = new SentTypes();
        var writer = new WireWriter(types);
        var received = new ReceivedTypes(WireTypePolicy.ForApplication(), "this benchmark");
        var reader = new WireReader(received);
        WireSerializer.Default.Write(writer, value);
        var bytes = writer.WrittenSpan.ToArray();
        writer.Clear();
        types.WriteDefinitions(writer, 0);
        var definitions = writer.WrittenSpan.ToArray();
        reader.Reset(definitions, 0, definitions.Length, WireBlockSource.None);
        received.ReadDefinitions(reader);
        var write = Best(() =>
        {
            writer.Clear();
            WireSerializer.Default.Write(writer, value);
        });
        var read = Best(() =>
        {
            reader.Reset(bytes, 0, bytes.Length, WireBlockSource.None);
            WireSerializer.Default.Read(reader);
        });
        print(what, $"write {write:F0} ns, read {read:F0} ns, {bytes.Length} bytes");
    }

    /// <summary>Nanoseconds of one call.</summary>
    private static double Best(Action action)
    {
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var calls = 0;
            var clock = Stopwatch.StartNew();
            while (clock.ElapsedMilliseconds < 50)
            {
                for (var i = 0; i < 100; i++)
                {
                    action();
                }

                calls += 100;
            }

            times.Add(clock.Elapsed.TotalNanoseconds / calls);
        }

        return times.Min();
    }

    private sealed record Sample(string Name, double Weight, int[] Counts);
}
