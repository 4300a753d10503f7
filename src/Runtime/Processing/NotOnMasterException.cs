using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>A command tried to use the processor, which lives on the master only.</summary>
public sealed class NotOnMasterException : HpcRuntimeException
{
    /// <summary><paramref name="what"/> was asked for inside a command.</summary>
    public NotOnMasterException(string what)
        : base($"{what} was used inside a command. The processor lives on the master: return a ResultCommand that queues more work, or keep the call in the program's main part.")
    {
    }
}
