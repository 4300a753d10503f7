using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>How this very program was started, so that ranks can be started likewise: an executable of its own, <c>dotnet MyApp.dll</c> with whatever the runtime was told, or a tool of <c>dotnet tool</c>.</summary>
internal static class OwnProgram
{
    private const string Muxer = "dotnet";

    /// <summary>The program's file and all its arguments.</summary>
    internal static IReadOnlyList<string> CommandLine() => CommandLine(
        Environment.ProcessPath ?? throw new InvalidOperationException("The system does not tell what program this process runs."),
        File.ReadAllText("/proc/self/cmdline").Split('\0')[..^1],
        Assembly.GetEntryAssembly()?.Location ?? string.Empty);

    /// <summary>The program alone: what <see cref="CommandLine()"/> gives, up to where its own arguments begin.</summary>
    internal static IReadOnlyList<string> WithoutArguments()
    {
        var line = CommandLine();
        var application = Assembly.GetEntryAssembly()?.Location ?? string.Empty;
        return [.. line.Take(Path.GetFileNameWithoutExtension(line[0]) == Muxer ? line.ToList().IndexOf(application) + 1 : 1)];
    }

    /// <summary>As above, from what is known of a process.</summary>
    /// <param name="program">The file that runs.</param>
    /// <param name="commandLine">All its arguments, argv[0] first.</param>
    /// <param name="application">The entry assembly's file; empty in a single-file application.</param>
    internal static IReadOnlyList<string> CommandLine(string program, IReadOnlyList<string> commandLine, string application)
    {
        var arguments = commandLine.Skip(1).ToArray();
        if (Path.GetFileNameWithoutExtension(program) == Muxer && application.Length > 0)
        {
            // By its full path: the process may have left the folder in which it was started.
            var place = Array.FindIndex(arguments, argument => Path.GetFileName(argument) == Path.GetFileName(application));
            if (place >= 0)
            {
                arguments[place] = application;
            }
        }

        return [program, .. arguments];
    }
}
