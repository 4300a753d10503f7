using System.Collections.Generic;

namespace HpcRuntime.Backends.Native;

/// <summary>What to start: the program, what it is told, and what it inherits. It begins with an empty signal mask and every signal at its default.</summary>
/// <param name="Path">The program's file; no search.</param>
/// <param name="Arguments">All arguments, the name (argv[0]) first.</param>
/// <param name="Environment">The whole environment; nothing is inherited beside it.</param>
internal sealed record ProcessStart(string Path, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Descriptors of this process by the number the child has them under, such as (1, 17): the child's standard output is our 17.
    /// What is not named here and closed on exec is not inherited. A source may be a target too.</summary>
    internal IReadOnlyList<(int Target, int Source)> Descriptors { get; init; } = [];

    /// <summary>Numbers that are <c>/dev/null</c> in the child, such as 0.</summary>
    internal IReadOnlyList<int> Nulls { get; init; } = [];

    /// <summary>Null for this process's own.</summary>
    internal string? WorkingDirectory { get; init; }

    /// <summary>Whether it leads a process group of its own, so that Ctrl-C in the terminal does not reach it.</summary>
    internal bool OwnGroup { get; init; }
}
