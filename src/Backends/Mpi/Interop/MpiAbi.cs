using System;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>Where the families differ: the values of handles and constants, and the layout of a status. All else in this wing is the same for each.
/// Handles are <c>nint</c>: a function that takes an int sees the lower half, and one that returns an int leaves a zeroed upper half alone (System V x86-64 and AArch64).</summary>
internal sealed record MpiAbi
{
    internal required MpiFamily Family { get; init; }

    internal required nint CommWorld { get; init; }

    internal required nint CommSelf { get; init; }

    internal required nint CommNull { get; init; }

    internal required nint Byte { get; init; }

    internal required nint Int32 { get; init; }

    internal required nint Int64 { get; init; }

    internal required nint Double { get; init; }

    internal required nint Max { get; init; }

    internal required nint Min { get; init; }

    internal required nint Sum { get; init; }

    internal required nint RequestNull { get; init; }

    internal required nint ErrorsReturn { get; init; }

    /// <summary>MPI_STATUS_IGNORE.</summary>
    internal required nint StatusIgnore { get; init; }

    internal required int AnySource { get; init; }

    internal required int AnyTag { get; init; }

    internal required int ProcNull { get; init; }

    internal const int Undefined = -32766;

    internal required int ErrorTruncate { get; init; }

    /// <summary>Key of the attribute with the largest tag.</summary>
    internal required int TagUpperBound { get; init; }

    /// <summary>Where source, tag and error are in a status, in ints.</summary>
    internal required (int Source, int Tag, int Error) Status { get; init; }

    /// <summary>The numbers of the levels of thread support, by <see cref="Threading"/>.</summary>
    internal int[] ThreadLevels { get; init; } = [0, 1, 2, 3];

    /// <summary>The level that a number of the library's means: the highest that is not beyond it.</summary>
    internal Threading LevelOf(int number) => (Threading)Math.Max(0, Array.FindLastIndex(ThreadLevels, level => level <= number));

    /// <summary>MPICH's: handles are 32-bit numbers. Values from mpi.h of MPICH 4.0; unchanged since 3.1 by the promise of the MPICH ABI initiative.</summary>
    internal static MpiAbi Mpich { get; } = new()
    {
        Family = MpiFamily.Mpich,
        CommWorld = 0x44000000,
        CommSelf = 0x44000001,
        CommNull = 0x04000000,
        Byte = 0x4c00010d,
        Int32 = 0x4c000439,
        Int64 = 0x4c00083a,
        Double = 0x4c00080b,
        Max = 0x58000001,
        Min = 0x58000002,
        Sum = 0x58000003,
        RequestNull = 0x2c000000,
        ErrorsReturn = 0x54000001,
        StatusIgnore = 1,
        AnySource = -2,
        AnyTag = -1,
        ProcNull = -1,
        ErrorTruncate = 14,
        TagUpperBound = 0x64400001,
        Status = (2, 3, 4),
    };

    /// <summary>The MPI 5 standard's, section 20.3.</summary>
    internal static MpiAbi Standard { get; } = new()
    {
        Family = MpiFamily.StandardAbi,
        CommWorld = 0x101,
        CommSelf = 0x102,
        CommNull = 0x100,
        Byte = 0x247,
        Int32 = 0x250,
        Int64 = 0x258,
        Double = 0x214,
        Max = 0x23,
        Min = 0x22,
        Sum = 0x21,
        RequestNull = 0x180,
        ErrorsReturn = 0x142,
        StatusIgnore = 0,
        AnySource = -1,
        AnyTag = -2,
        ProcNull = -3,
        ErrorTruncate = 15,
        TagUpperBound = 501,
        Status = (0, 1, 2),
        ThreadLevels = [0, 1024, 2048, 4096],
    };

    /// <summary>Open MPI's: handles are the addresses of objects that the library exports.</summary>
    /// <exception cref="System.EntryPointNotFoundException">It exports them under other names.</exception>
    internal static MpiAbi OpenMpi(nint library) => new()
    {
        Family = MpiFamily.OpenMpi,
        CommWorld = NativeLibrary.GetExport(library, "ompi_mpi_comm_world"),
        CommSelf = NativeLibrary.GetExport(library, "ompi_mpi_comm_self"),
        CommNull = NativeLibrary.GetExport(library, "ompi_mpi_comm_null"),
        Byte = NativeLibrary.GetExport(library, "ompi_mpi_byte"),
        Int32 = NativeLibrary.GetExport(library, "ompi_mpi_int32_t"),
        Int64 = NativeLibrary.GetExport(library, "ompi_mpi_int64_t"),
        Double = NativeLibrary.GetExport(library, "ompi_mpi_double"),
        Max = NativeLibrary.GetExport(library, "ompi_mpi_op_max"),
        Min = NativeLibrary.GetExport(library, "ompi_mpi_op_min"),
        Sum = NativeLibrary.GetExport(library, "ompi_mpi_op_sum"),
        RequestNull = NativeLibrary.GetExport(library, "ompi_request_null"),
        ErrorsReturn = NativeLibrary.GetExport(library, "ompi_mpi_errors_return"),
        StatusIgnore = 0,
        AnySource = -1,
        AnyTag = -1,
        ProcNull = -2,
        ErrorTruncate = 15,
        TagUpperBound = 0,
        Status = (0, 1, 2),
    };
}

/// <summary>Room for a status of any family. Its counts are only asked for through MPI_Get_count.</summary>
internal unsafe struct RawStatus
{
    private fixed int _words[8];

    internal readonly int Word(int index) => _words[index];
}
