using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>The children of a process, as Linux lists them; the guard of a master is none that counts.</summary>
internal static partial class ChildProcesses
{
    /// <summary>The process ids.</summary>
    internal static int[] Of(int process) =>
        [.. Directory.GetDirectories($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task").SelectMany(ReadOf).Where(id => !IsGuard(id)).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).Order()];

    /// <summary>Sends SIGKILL to one of the children, in turn; false when there is none.</summary>
    internal static bool KillOne(int process, int turn)
    {
        try
        {
            var children = Of(process);
            return children.Length > 0 && Signal(children[turn % children.Length], 9) == 0;
        }
        catch (DirectoryNotFoundException)
        {
            return false; // It has ended.
        }
    }

    private static string[] ReadOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return []; // That thread has just ended.
        }
    }

    private static bool IsGuard(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").StartsWith("hpcruntime-guardian\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
