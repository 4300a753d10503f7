using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>A program may open and close processors all day.</summary>
[Platform("Linux")]
[NonParallelizable]
internal sealed class ProcessorLeakTests
{
    private const int Processors = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Test]
    public void Two_hundred_processors_leave_no_descriptor_mapping_thread_process_or_file()
    {
        for (var i = 0; i < 6; i++)
        {
            Use(i); // Pools of the runtime fill, assemblies load.
        }

        var before = Count();
        for (var i = 0; i < Processors; i++)
        {
            Use(i);
        }

        // Two hundred of anything is a leak. What may differ is the runtime's own slack: a thread of its pool and what belongs to it, a region of its heap or of compiled code.
        var after = Count();
        SpinWait.SpinUntil(() => Near(before, after = Count()), Patience);
        TestContext.Out.WriteLine($"before: {before}; after {Processors} processors: {after}");
        Assert.That(after.Children, Is.EqualTo(before.Children), "Child processes.");
        Assert.That(after.Descriptors, Is.LessThanOrEqualTo(before.Descriptors + 5), string.Join('\n', Directory.GetFileSystemEntries("/proc/self/fd").Select(Target)));
        Assert.That(after.Shared, Is.EqualTo(before.Shared), "Mappings of ours.");
        Assert.That(after.Mappings, Is.LessThan(before.Mappings + (Processors / 4)), "Mappings.");
        Assert.That(after.Threads, Is.LessThanOrEqualTo(before.Threads + 5), "Threads.");
        Assert.That(after.Files, Is.EqualTo(before.Files), "Files of ours in /dev/shm and the folder for temporary ones.");
    }

    private static void Use(int number)
    {
        var (fabric, settings) = (number % 3) switch
        {
            0 => ("thread", new Dictionary<string, string>()),
            1 => ("process", new Dictionary<string, string> { ["process.transport"] = "shm" }),
            _ => ("process", new Dictionary<string, string> { ["process.transport"] = "socket" }),
        };
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = 1 + (number % 2), ShowOutput = false, Settings = settings });
        var sum = 0;
        processor.RunQueue(Enumerable.Range(0, 5).Select(i => new SpinCommand(i, 10)), (_, value) => sum += value);
        Assert.That(sum, Is.EqualTo(10));
    }

    private static bool Near(Remains before, Remains after) =>
        after.Children == before.Children && after.Descriptors <= before.Descriptors + 2 && after.Shared <= before.Shared && after.Threads <= before.Threads + 2;

    private static Remains Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var maps = File.ReadAllLines("/proc/self/maps");
        using var process = Process.GetCurrentProcess();
        return new Remains(
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            maps.Length,
            maps.Count(line => line.Contains("memfd:hpcruntime", StringComparison.Ordinal)),
            process.Threads.Count,
            Directory.GetFileSystemEntries("/dev/shm", "*hpcruntime*").Length + Directory.GetFileSystemEntries(Path.GetTempPath(), "*hpcruntime*").Length,
            Directory.GetDirectories("/proc/self/task").Sum(ChildrenOf));
    }

    private static int ChildrenOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        }
        catch (IOException)
        {
            return 0; // That thread has just ended.
        }
    }

    private static string Target(string descriptor) => new FileInfo(descriptor).LinkTarget ?? "gone";

    private sealed record Remains(int Descriptors, int Mappings, int Shared, int Threads, int Files, int Children);
}
