using System.Threading;

namespace HpcRuntime.Processing;

/// <summary>Marks flows of execution that belong to a slave, so that a command which reaches for the master's processor is told so.</summary>
internal static class SlaveScope
{
    private static readonly AsyncLocal<bool> Inside = new();

    internal static bool IsInside => Inside.Value;

    internal static void Enter() => Inside.Value = true;

    internal static void Leave() => Inside.Value = false;

    internal static void ThrowIfInside(string what)
    {
        if (IsInside)
        {
            throw new NotOnMasterException(what);
        }
    }
}
