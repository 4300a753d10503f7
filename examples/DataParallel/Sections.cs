using System;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>Where slaves wait for each other.</summary>
internal static class Sections
{
    internal static int Run(Processor processor)
    {
        var file = Path.GetTempFileName();
        var each = new MapOptions { ChunkSize = 1 };
        processor.Map(Enumerable.Range(0, 20).ToArray(), (n, slave) => Write(file, n, slave), each).Wait();
        Console.WriteLine(string.Join(' ', File.ReadAllLines(file)));               // in input order

        File.WriteAllText(file, "0");
        processor.Map(Enumerable.Range(0, 20).ToArray(), (n, slave) => Count(file, slave), each).Wait();
        Console.WriteLine(File.ReadAllText(file));                                  // nobody came in between
        File.Delete(file);

        var tables = processor.Map(Enumerable.Range(0, 20).ToArray(), (n, slave) => slave.Local(MakeTable)[n], each);
        Console.WriteLine(tables.Sum());                                            // each slave made its table once
        return 0;
    }

    private static int Write(string file, int n, ISlaveContext slave)
    {
        var line = $"{n}\n";                                                        // all at once
        slave.Ordered(() => File.AppendAllText(file, line));                        // one after the other
        return n;
    }

    private static int Count(string file, ISlaveContext slave)
    {
        slave.Critical("count", () => File.WriteAllText(file, $"{int.Parse(File.ReadAllText(file)) + 1}"));
        return 0;
    }

    private static int[] MakeTable() => [.. Enumerable.Range(0, 20).Select(n => n * n)];
}
