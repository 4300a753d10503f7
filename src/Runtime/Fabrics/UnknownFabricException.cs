using System;
using System.Collections.Generic;
using HpcRuntime.Primitives;

namespace HpcRuntime.Fabrics;

/// <summary>No fabric goes by that name, or nothing usable is in the assembly that was named. Exit code 2.</summary>
public sealed class UnknownFabricException : HpcRuntimeException
{
    private static readonly Dictionary<string, string> OldNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mpi4py"] = "mpi",
        ["subproc"] = "process",
        ["subprocess"] = "process",
        ["multiprocessing"] = "process",
        ["threading"] = "thread",
    };

    /// <summary><paramref name="name"/> is none of the <paramref name="known"/> fabrics.</summary>
    public UnknownFabricException(string name, IReadOnlyList<string> known) : base(Describe(name, known)) => FabricName = name;

    /// <summary><paramref name="name"/> points to an assembly or type that gives no fabric because of <paramref name="reason"/>.</summary>
    public UnknownFabricException(string name, string reason, Exception? innerException) : base($"Fabric '{name}' cannot be loaded: {reason}", innerException) => FabricName = name;

    /// <summary>The name that was asked for.</summary>
    public string FabricName { get; }

    private static string Describe(string name, IReadOnlyList<string> known)
    {
        var list = "known: " + string.Join(", ", known);
        var meant = OldNames.TryGetValue(name, out var renamed) ? renamed : NearestName.Find(name, [.. known, "auto"]);
        var hint = meant is null ? string.Empty : $"did you mean '{meant}'? ";
        return $"Unknown fabric '{name}'; {hint}{list}. Others are found on the backend path, or by path/to/My.dll[:Type].";
    }
}
