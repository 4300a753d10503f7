using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Processing;

/// <summary>The exit codes of a program on this runtime, the same on every fabric. Failure is never 0.</summary>
public static class ExitCodes
{
    /// <summary>A command or the program failed, or a command took longer than it may.</summary>
    public const int Failed = 1;

    /// <summary>Bad options or bad input.</summary>
    public const int Usage = 2;

    /// <summary>The fabric cannot run here.</summary>
    public const int FabricUnavailable = 3;

    /// <summary>A slave was lost, with a command's last attempt, or at all where that is not allowed.</summary>
    public const int SlaveLost = 4;

    /// <summary>The code for an exception that the program let through.</summary>
    public static int For(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            FabricUnavailableException => FabricUnavailable,
            UnknownFabricException => Usage,
            SlaveLostException => SlaveLost,
            AggregateException many => many.InnerExceptions.Select(For).Contains(SlaveLost) ? SlaveLost : Failed,
            _ => Failed,
        };
    }
}
