namespace MPI;

/// <summary>MPI.NET's thread levels.</summary>
public enum Threading
{
    Single,
    Funneled,
    Serialized,
    Multiple,
}
