using System;
using System.IO;

namespace HpcRuntime.DataParallel;

/// <summary>Finds programs as a shell does: .NET would also take a file of that name from its own directory or the current one.</summary>
internal static class ProgramPath
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The file of a program: <c>Found</c> where it can be executed, else <c>Refused</c> for one that cannot; both null where there is none.</summary>
    /// <param name="program">A path, or a name to look for.</param>
    /// <param name="path">Folders, separated by colons; an empty one is the working directory.</param>
    /// <param name="directory">The working directory.</param>
    internal static (string? Found, string? Refused) Find(string program, string? path, string directory)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            var file = Path.GetFullPath(program, directory);
            return IsExecutable(file) ? (file, null) : (null, Path.Exists(file) ? file : null);
        }

        string? refused = null;
        foreach (var folder in (path ?? string.Empty).Split(':'))
        {
            var file = Path.Combine(Path.GetFullPath(folder.Length == 0 ? "." : folder, directory), program);
            if (IsExecutable(file))
            {
                return (file, null);
            }

            refused ??= File.Exists(file) ? file : null;
        }

        return (null, refused);
    }

    private static bool IsExecutable(string file) => File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Executable) != 0);
}
