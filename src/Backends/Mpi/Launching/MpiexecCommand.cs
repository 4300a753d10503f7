using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>A call of mpiexec.</summary>
/// <param name="File">Its full path.</param>
/// <param name="Arguments">After argv[0].</param>
/// <param name="Variables">What it has in its environment beside this process's own.</param>
internal sealed partial record MpiexecCommand(string File, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>The call as one would type it, with the wrapper's script left out.</summary>
    internal string Describe() => string.Join(' ',
        Variables.Select(pair => $"{pair.Key}={Quote(pair.Value)}").Append(Quote(File)).Concat(Arguments.Select(argument => argument.EndsWith(Scripts.Wrapper, StringComparison.Ordinal) ? "'(the wrapper that keeps the exit code)'" : Quote(argument))));

    /// <summary>A word as the shell wants it.</summary>
    internal static string Quote(string word) => Plain().IsMatch(word) ? word : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    [GeneratedRegex("^[A-Za-z0-9_@%+=:,./^-]+$")]
    private static partial Regex Plain();
}
