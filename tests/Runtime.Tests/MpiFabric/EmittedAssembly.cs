using System;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>Assemblies that look like MPI.NET up to a point.</summary>
internal static class EmittedAssembly
{
    /// <summary>Writes one of that version, with a status, and one import of the library that is named; with no types where it is null.</summary>
    internal static string Write(string file, string version, string? import = null)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("MPI") { Version = Version.Parse(version) }, typeof(object).Assembly);
        var module = assembly.DefineDynamicModule("MPI");
        if (import is not null)
        {
            var calls = module.DefineType("MPI.Unsafe", TypeAttributes.Public | TypeAttributes.Class);
            var status = calls.DefineNestedType("MPI_Status", TypeAttributes.NestedPublic | TypeAttributes.SequentialLayout | TypeAttributes.Sealed, typeof(ValueType));
            Array.ForEach(["count", "cancelled", "MPI_SOURCE", "MPI_TAG", "MPI_ERROR"], name => status.DefineField(name, typeof(int), FieldAttributes.Public));
            calls.DefinePInvokeMethod("MPI_Comm_rank", import, MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.PinvokeImpl, CallingConventions.Standard,
                typeof(int), [typeof(int), typeof(int).MakeByRefType()], CallingConvention.StdCall, CharSet.Ansi).SetImplementationFlags(MethodImplAttributes.PreserveSig);
            calls.CreateType();
            status.CreateType();
        }

        assembly.Save(file);
        return file;
    }
}
