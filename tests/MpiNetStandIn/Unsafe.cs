using System;
using System.Runtime.InteropServices;

namespace MPI;

/// <summary>MPI.NET's imports, as release 1.4 declares them. Those that carry messages are counted on their way.</summary>
public unsafe class Unsafe
{
    public const int MPI_COMM_WORLD = 0x44000000;
    public const int MPI_COMM_SELF = 0x44000001;
    public const int MPI_ERRORS_RETURN = 0x54000001;

    private const string MPI_DLL = "msmpi.dll";

    [StructLayout(LayoutKind.Sequential)]
    public struct MPI_Status
    {
        public int count;
        public int cancelled;
        public int MPI_SOURCE;
        public int MPI_TAG;
        public int MPI_ERROR;
    }

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Init_thread(ref int argc, ref byte** argv, int required, out int provided);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Initialized(out int flag);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Finalized(out int flag);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Finalize();

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Abort(int comm, int errcode);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Errhandler_set(int comm, int errhandler);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Comm_rank(int comm, out int rank);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Comm_size(int comm, out int size);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Comm_dup(int comm, out int comm_out);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Allgather(IntPtr sendbuf, int sendcount, int sendtype, IntPtr recvbuf, int recvcount, int recvtype, int comm);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Get_count(ref MPI_Status status, int datatype, out int count);

    [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
    public static extern int MPI_Test(ref int request, out int flag, out MPI_Status status);

    public static int MPI_Isend(IntPtr buf, int count, int datatype, int dest, int tag, int comm, out int request)
    {
        Traffic.Sent++;
        return Imports.MPI_Isend(buf, count, datatype, dest, tag, comm, out request);
    }

    public static int MPI_Irecv(IntPtr buf, int count, int datatype, int source, int tag, int comm, out int request)
    {
        Traffic.Received++;
        return Imports.MPI_Irecv(buf, count, datatype, source, tag, comm, out request);
    }

    private static class Imports
    {
        [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
        internal static extern int MPI_Isend(IntPtr buf, int count, int datatype, int dest, int tag, int comm, out int request);

        [DllImport(MPI_DLL, CallingConvention = CallingConvention.StdCall)]
        internal static extern int MPI_Irecv(IntPtr buf, int count, int datatype, int source, int tag, int comm, out int request);
    }
}
