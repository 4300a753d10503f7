namespace MPI;

/// <summary>Counts what the stand-in carries; MPI.NET has nothing of the kind. MPI is called by one thread at a time.</summary>
public static class Traffic
{
    public static long Sent { get; internal set; }

    public static long Received { get; internal set; }
}
