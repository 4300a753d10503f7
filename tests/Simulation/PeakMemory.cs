using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HpcRuntime.Simulation;

/// <summary>The most memory that this process has had.</summary>
internal static class PeakMemory
{
    /// <summary>VmHWM of proc(5).</summary>
    internal static double MebiBytes()
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
