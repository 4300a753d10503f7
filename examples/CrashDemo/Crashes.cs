using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace HpcRuntime.Examples.CrashDemo;

/// <summary>What the crashing command does. Linux.</summary>
internal static partial class Crashes
{
    private const long MemoryLimit = 512L << 20;
    private const int Data = 2; // RLIMIT_DATA of Linux. The address space says nothing: the runtime reserves far more of it than it uses.

    /// <summary>Sends a signal to the own process; one that does not end it at once leaves the command running.</summary>
    internal static void Signal(int number)
    {
        Console.Out.Flush();
        _ = Kill(Environment.ProcessId, number);
    }

    internal static void ReadNowhere() => Console.WriteLine(Length(unchecked((nint)0x7fff_dead_0000)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static int Deeper(int level) => level == 0 ? 0 : Deeper(level + 1) + 1;

    internal static void Spin()
    {
        // Not even the token is looked at.
        while (true)
        {
        }
    }

    /// <summary>As under a batch system that allows so much: the machine itself is in no danger.</summary>
    internal static void TakeMemory()
    {
        var used = long.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmData:", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        var limit = (nuint)(used + MemoryLimit);
        if (SetLimit(Data, new Limit { Soft = limit, Hard = limit }) != 0)
        {
            throw new InvalidOperationException("The memory of this process could not be limited.");
        }

        var taken = new List<byte[]>();
        while (true)
        {
            var block = new byte[16 << 20];
            Array.Fill(block, (byte)1);
            taken.Add(block);
            Thread.Sleep(50); // So that whoever watches its memory sees it grow.
        }
    }

    internal static void Flood()
    {
        for (long line = 1; ; line++)
        {
            Console.WriteLine($"line {line} of a flood");
        }
    }

    internal static void WriteHalfALine()
    {
        Console.Write("this line is cut off in the mid");
        Signal(9);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "strlen")]
    private static partial nuint Length(nint text);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    private struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
