using System;

namespace MPI;

/// <summary>MPI.NET's beginning and end.</summary>
public class Environment : IDisposable
{
    public Environment(ref string[] args) : this(ref args, Threading.Serialized)
    {
    }

    public unsafe Environment(ref string[] args, Threading threading)
    {
        ObjectDisposedException.ThrowIf(Finalized, this);
        if (!Initialized)
        {
            var argc = 0;
            byte** argv = null;
            Check(Unsafe.MPI_Init_thread(ref argc, ref argv, (int)threading, out _));
            Communicator.world = new Intracommunicator(Unsafe.MPI_COMM_WORLD);
            Communicator.self = new Intracommunicator(Unsafe.MPI_COMM_SELF);
        }
    }

    public static bool Initialized
    {
        get
        {
            Check(Unsafe.MPI_Initialized(out var flag));
            return flag != 0;
        }
    }

    public static bool Finalized
    {
        get
        {
            Check(Unsafe.MPI_Finalized(out var flag));
            return flag != 0;
        }
    }

    public void Dispose()
    {
        if (!Finalized)
        {
            Check(Unsafe.MPI_Finalize());
        }

        GC.SuppressFinalize(this);
    }

    internal static void Check(int code)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"MPI returned {code}.");
        }
    }
}
