namespace MPI;

/// <summary>As much of MPI.NET's communicators as shows that they are there.</summary>
public abstract class Communicator
{
    private readonly int _comm;

    private protected Communicator(int comm)
    {
        _comm = comm;
        Environment.Check(Unsafe.MPI_Errhandler_set(comm, Unsafe.MPI_ERRORS_RETURN));
    }

    public static Intracommunicator? world;

    public static Intracommunicator? self;

    public int Rank
    {
        get
        {
            Environment.Check(Unsafe.MPI_Comm_rank(_comm, out var rank));
            return rank;
        }
    }

    public int Size
    {
        get
        {
            Environment.Check(Unsafe.MPI_Comm_size(_comm, out var size));
            return size;
        }
    }
}
