using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HpcRuntime.Backends.Mpi;

/// <summary>What a user types to start this very program over MPI.</summary>
internal static class StartLine
{
    private const int LongestArguments = 120;

    /// <summary>A sentence with the command.</summary>
    internal static string Describe() => $"Start it as: {Under("mpiexec", 4)} (1 master and 3 slaves)";

    /// <summary>The command that starts it so that it survives the loss of a slave.</summary>
    internal static string Command(int slaves) => string.Create(CultureInfo.InvariantCulture, $"{Program()} --processor mpi -n {slaves}");

    private static string Under(string launcher, int ranks) => string.Create(CultureInfo.InvariantCulture, $"{launcher} -n {ranks} {Program()}{Arguments()}");

    /// <summary>The program as it was started: an executable of its own, or dotnet and a file.</summary>
    private static string Program()
    {
        var path = Environment.ProcessPath ?? "dotnet";
        var name = Path.GetFileNameWithoutExtension(path);
        return string.Equals(name, "dotnet", StringComparison.OrdinalIgnoreCase) ? "dotnet " + Quoted(Environment.GetCommandLineArgs()[0]) : Quoted(path);
    }

    private static string Arguments()
    {
        var arguments = string.Concat(Environment.GetCommandLineArgs().Skip(1).Select(argument => " " + Quoted(argument)));
        return arguments.Length > LongestArguments ? " ..." : arguments;
    }

    private static string Quoted(string argument) => argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || "-_./=:,+@%".Contains(c, StringComparison.Ordinal)) ? argument : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
