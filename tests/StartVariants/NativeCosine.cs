using System;
using System.Runtime.InteropServices;

namespace HpcRuntime.Tests.StartVariants;

/// <summary>The cosine from a copy of the C library's mathematics under a name that no system has.</summary>
internal static partial class NativeCosine
{
    private const string Resolved = "startvariants-resolved";

    static NativeCosine() => NativeLibrary.SetDllImportResolver(typeof(NativeCosine).Assembly, static (name, _, _) =>
        name == Resolved ? NativeLibrary.Load(Environment.GetEnvironmentVariable("STARTVARIANTS_LIBRARY")!) : 0);

    /// <summary>Found by the runtime: in runtimes/RID/native, beside the program, or in LD_LIBRARY_PATH.</summary>
    [LibraryImport("startvariants", EntryPoint = "cos")]
    internal static partial double ByName(double number);

    /// <summary>Found by the resolver of this class.</summary>
    [LibraryImport(Resolved, EntryPoint = "cos")]
    internal static partial double ByResolver(double number);
}
