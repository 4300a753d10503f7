namespace MPI;

/// <summary>MPI.NET's communicator of one group of ranks.</summary>
public class Intracommunicator : Communicator
{
    internal Intracommunicator(int comm) : base(comm)
    {
    }
}
