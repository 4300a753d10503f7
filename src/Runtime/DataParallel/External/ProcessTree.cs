using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HpcRuntime.DataParallel;

/// <summary>A program and all that it has started: its descendants, and whatever carries the mark in its environment, such as a grandchild whose parent has ended.
/// Found in <c>/proc</c>; elsewhere the descendants that .NET finds.</summary>
internal sealed class ProcessTree(Process root, string mark)
{
    /// <summary>The variable that holds the mark.</summary>
    internal const string Variable = "HPCRUNTIME_PROGRAM";

    private const int MostRounds = 50;

    /// <summary>Whether anything that the program has started is alive, itself not counted.</summary>
    internal bool HasOthers() => Find().Exists(id => id != root.Id);

    /// <summary>Asks all of them to end (SIGTERM), through the shell's <c>kill</c>, for .NET has no call for it.</summary>
    internal void Ask()
    {
        var ids = Find().ToList();
        if (OperatingSystem.IsWindows() || ids.Count == 0)
        {
            return;
        }

        var start = new ProcessStartInfo("/bin/sh", ["-c", "kill -s TERM \"$@\" 2>/dev/null", "kill", .. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var kill = Process.Start(start);
        kill?.WaitForExit();
    }

    /// <summary>Kills all of them. A tree that still grows is gone through again until nothing of it is left.</summary>
    internal void Kill()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var ids = Find().ToList();
            ids.ForEach(KillOne);
            if (ids.Count == 0)
            {
                break;
            }
        }

        try
        {
            root.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private static void KillOne(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended meanwhile, or is a set-user-id program that is not ours to kill.
        }
    }

    /// <summary>Those that are alive, parents before their children.</summary>
    private List<int> Find()
    {
        var found = new List<int>();
        if (!Directory.Exists("/proc/self"))
        {
            return found;
        }

        var alive = ReadAll();
        var marked = $"{Variable}={mark}";
        var members = new HashSet<int> { root.Id };
        while (alive.Where(process => !members.Contains(process.Id) && members.Contains(process.Parent)).ToList() is { Count: > 0 } children)
        {
            members.UnionWith(children.Select(process => process.Id));
        }

        members.UnionWith(alive.Where(process => !members.Contains(process.Id) && process.Id != Environment.ProcessId && HasMark(process.Id, marked)).Select(process => process.Id));
        found.AddRange(alive.Select(process => process.Id).Where(members.Contains));
        return found;
    }

    private static List<(int Id, int Parent)> ReadAll()
    {
        var all = new List<(int Id, int Parent)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && ParentOf(folder) is { } parent)
            {
                all.Add((id, parent));
            }
        }

        return all;
    }

    /// <summary>The parent of a process that is alive; null for a zombie or one that is gone.</summary>
    private static int? ParentOf(string folder)
    {
        if (Read(Path.Combine(folder, "stat")) is not { } stat)
        {
            return null;
        }

        // pid (name, which may hold anything) state parent ...
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 && fields[0] is not ("Z" or "X") ? int.Parse(fields[1], CultureInfo.InvariantCulture) : null;
    }

    private static bool HasMark(int id, string marked) => Read($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/environ")?.Split('\0').Contains(marked, StringComparer.Ordinal) ?? false;

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or another user's.
            return null;
        }
    }
}
