using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Backends.Process;

/// <summary>How this application is started again as a slave: its program and what the runtime itself was told, never the application's own arguments.</summary>
internal static class SlaveCommandLine
{
    private const string HookSwitch = "System.StartupHookProvider.IsSupported";
    private const string Muxer = "dotnet";

    private static readonly string[] PathOptions = ["--depsfile", "--runtimeconfig", "--additionalprobingpath", "--additional-deps"];

    /// <summary>Why this application cannot be started as a slave; null where it can.</summary>
    internal static string? WhyNot()
    {
        if (Environment.GetEnvironmentVariable(SlaveProgram.Variable) is not null)
        {
            return "this process was itself started as a slave and its startup hook did not run; publish the application without trimming, or set StartupHookSupport to true in its project";
        }

        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return "the application is compiled ahead of time (AOT), so it cannot be started as a slave; publish it without PublishAot: what travels to slaves is read and written by code that is made while the program runs";
        }

        if (AppContext.TryGetSwitch(HookSwitch, out var supported) && !supported)
        {
            return "the application is trimmed or has StartupHookSupport set to false, so it cannot be started as a slave; publish it without trimming, or set StartupHookSupport to true in its project";
        }

        return Assembly.GetEntryAssembly() is null || Environment.ProcessPath is null
            ? "the program that hosts .NET here is no .NET application, so it cannot be started as a slave; use the thread fabric"
            : null;
    }

    /// <summary>The program's file and its arguments, argv[0] first.</summary>
    internal static (string Path, IReadOnlyList<string> Arguments) Find() =>
        Find(Environment.ProcessPath!, File.ReadAllText("/proc/self/cmdline").Split('\0', StringSplitOptions.None)[..^1], Assembly.GetEntryAssembly()!.Location);

    /// <summary>As above, from what is known of a process.</summary>
    /// <param name="program">The file that runs.</param>
    /// <param name="commandLine">All its arguments, argv[0] first.</param>
    /// <param name="application">The entry assembly's file; empty in a single-file application.</param>
    internal static (string Path, IReadOnlyList<string> Arguments) Find(string program, IReadOnlyList<string> commandLine, string application)
    {
        if (!string.Equals(Path.GetFileNameWithoutExtension(program), Muxer, StringComparison.OrdinalIgnoreCase) || application.Length == 0)
        {
            return (program, [program]);
        }

        var name = Path.GetFileName(application);
        var end = commandLine.Skip(1).TakeWhile(argument => Path.GetFileName(argument) != name).Count() + 1;

        // The file by its full path: the process may have left the folder in which it was started.
        return end < commandLine.Count
            ? (program, [program, .. commandLine.Take(end).Skip(1).Select((argument, i) => PathOptions.Contains(commandLine[i]) ? Full(argument) : argument), application])
            : (program, [program, "exec", application]);
    }

    /// <summary>Slaves may be started in another folder than the application was.</summary>
    private static string Full(string path) => Path.Exists(path) ? Path.GetFullPath(path) : path;

    /// <summary>How the runtime is told of our startup hook: by name where the application's dependencies hold it, else by file.</summary>
    internal static string Hook()
    {
        var assembly = typeof(SlaveCommandLine).Assembly;
        var name = assembly.GetName().Name!;
        var trusted = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? string.Empty).Split(Path.PathSeparator);
        return assembly.Location.Length == 0 || trusted.Any(file => Path.GetFileNameWithoutExtension(file) == name) ? name : assembly.Location;
    }
}
