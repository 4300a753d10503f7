using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;

namespace HpcRuntime.Backends.Native;

/// <summary>Pages of the collected heap. Fresh memory costs a fault a page, and a virtual machine's host another; with huge pages there is one for 2 MiB instead of 512, and arrays of
/// 64 MiB that travel for the first time take half to a quarter of the time (docs/performance.md).</summary>
/// <remarks>Nothing is asked for before the first large array travels: small programs would start slower, since whoever touches a byte has 2 MiB cleared.</remarks>
internal static unsafe class HeapPages
{
    private const nuint Large = 4 << 20;       // As NumPy has it for its arrays.
    private const nuint Guard = 4 << 10;       // Below a thread's stack.
    private const nuint Unused = 1u << 30;     // Less than what a heap has reserved for later, which is the last of it.
    private const string Maps = "/proc/self/maps";
    private static int _asked;

    /// <summary>Asks for huge pages in the whole heap, once, when a large array has been made; where the system gives none, nothing changes.</summary>
    /// <param name="array">Where an array begins.</param>
    /// <param name="bytes">How long it is.</param>
    internal static void PreferHuge(void* array, nuint bytes)
    {
        if (bytes < Large || Volatile.Read(ref _asked) != 0 || Interlocked.Exchange(ref _asked, 1) != 0)
        {
            return;
        }

        try
        {
            var (start, end) = RangeAround((nuint)array, File.ReadLines(Maps));
            if (end > start)
            {
                _ = Libc.Advise((nint)start, end - start, Libc.HugePages);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system does not tell. It was only a wish.
        }
    }

    /// <summary>The reservation of which an address is part: neighbouring memory without a file, in use or not yet, without the stacks of threads that lie beside it. Empty where there is none.</summary>
    /// <param name="address">Inside.</param>
    /// <param name="maps">The lines of proc(5)'s maps.</param>
    internal static (nuint Start, nuint End) RangeAround(nuint address, IEnumerable<string> maps)
    {
        (nuint Start, nuint End) range = default;
        var isStack = false;
        foreach (var line in maps)
        {
            // 7f5c80000000-7f5c80400000 rw-p 00000000 00:00 0 [anon:name]
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var dash = words[0].IndexOf('-', StringComparison.Ordinal);
            var (start, end) = (Number(words[0][..dash]), Number(words[0][(dash + 1)..]));
            var isReserved = words[1].StartsWith("---", StringComparison.Ordinal);
            var isGuard = isReserved && end - start <= Guard;
            var isOther = isGuard || isStack || (words.Length > 5 && !words[5].StartsWith("[anon", StringComparison.Ordinal));
            isStack = isGuard;
            if (isOther)
            {
                continue;
            }

            if (start != range.End)
            {
                if (Contains(range, address))
                {
                    return range;
                }

                range.Start = start;
            }

            range.End = end;
            if (isReserved && end - start >= Unused)
            {
                if (Contains(range, address))
                {
                    return range;
                }

                range.Start = end;
            }
        }

        return Contains(range, address) ? range : default;
    }

    private static bool Contains((nuint Start, nuint End) range, nuint address) => address >= range.Start && address < range.End;

    private static nuint Number(string digits) => nuint.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
