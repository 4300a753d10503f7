using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HpcRuntime.Backends.Process;

/// <summary>The socket and the pipes that .NET makes for debuggers and tracers in the folder for temporary files, and leaves there when a process is killed.</summary>
internal static class DiagnosticFiles
{
    private const int StartTimeAfterName = 19; // Field 22 of /proc/PID/stat; the name, which may hold anything, is the second.

    private static readonly string[] Kinds = ["dotnet-diagnostic-", "clr-debug-pipe-"];

    /// <summary>Those of a process that runs, or that has ended and was not reaped. None when diagnostics are off.</summary>
    internal static IReadOnlyList<string> Of(int process)
    {
        var id = process.ToString(CultureInfo.InvariantCulture);
        try
        {
            // Process numbers repeat, in containers that share the folder even at the same time; together with the time of the start they do not.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var key = $"{id}-{stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeAfterName]}-";
            var folder = Path.GetTempPath();
            return [.. Kinds.SelectMany(kind => Directory.EnumerateFileSystemEntries(folder, kind + key + "*"))];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return []; // The process, or the folder: nothing to find.
        }
    }

    /// <summary>Takes them away.</summary>
    internal static void Delete(int process)
    {
        foreach (var file in Of(process))
        {
            File.Delete(file);
        }
    }
}
