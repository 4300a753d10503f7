using System;
using System.Collections.Generic;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Interop.MpiNet;

/// <summary>That the fabric's calls of MPI are made by MPI.NET, and where its assembly is.</summary>
/// <param name="Path">The file, or a folder that holds MPI.dll; null for the one that the program itself comes with.</param>
/// <param name="Origin">What names it, for messages, such as "HPCRUNTIME_MPINET=".</param>
internal sealed record MpiNetChoice(string? Path, string Origin)
{
    /// <summary>The variable that names the assembly.</summary>
    internal const string Variable = "HPCRUNTIME_MPINET";

    private const string MpiNet = "mpinet";

    private static readonly FabricOption BindingOption = new("binding", "what calls MPI: own, or mpinet: the MPI.dll of MPI.NET 1.4, on MPICH and its kin", "own", ["own", MpiNet]);
    private static readonly FabricOption AssemblyOption = new("net-assembly", "the MPI.dll of MPI.NET 1.4, or the folder that holds it, for mpi.binding=mpinet", $"{Variable}, else the one that the program comes with");

    /// <summary>For the fabric's own list.</summary>
    internal static IReadOnlyList<FabricOption> Options { get; } = [BindingOption, AssemblyOption];

    /// <summary>What the options of the fabric mpi say, by key; null for our own binding.</summary>
    internal static MpiNetChoice? From(IReadOnlyDictionary<string, string> values, Func<string, string?> environment)
    {
        if (!values.TryGetValue(BindingOption.Key, out var binding) || !string.Equals(binding, MpiNet, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (values.TryGetValue(AssemblyOption.Key, out var asked))
        {
            return new MpiNetChoice(asked, $"--set mpi.{AssemblyOption.Key}=");
        }

        return environment(Variable) is { Length: > 0 } variable ? new MpiNetChoice(variable, Variable + "=") : new MpiNetChoice(null, "the program");
    }

    /// <summary>Refuses a family that the assembly does not fit: it holds the numbers of MS-MPI's handles, which are MPICH's.</summary>
    /// <param name="family">The library's, or the launcher's.</param>
    /// <param name="found">What it is, for the message.</param>
    /// <exception cref="FabricUnavailableException">Always, but for MPICH and its kin.</exception>
    internal static void RefuseUnfit(MpiFamily family, string found)
    {
        if (family != MpiFamily.Mpich)
        {
            throw new FabricUnavailableException("mpi", $"mpi.binding=mpinet: MPI.NET fits MPICH and its kin (Intel MPI, MVAPICH), and this is {found}; use MPICH (--mpi mpich, or start the program with mpiexec.mpich), or leave mpi.binding out.");
        }
    }
}
