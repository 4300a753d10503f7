using System;

namespace HpcRuntime.Output;

/// <summary>Which of a command's two streams.</summary>
public enum OutputStream
{
    /// <summary>Standard output.</summary>
    Out = 0,

    /// <summary>Standard error.</summary>
    Error = 1,
}

/// <summary>Catches what a slave prints, command by command. One per slave; a fabric supplies it.</summary>
public interface IOutputCapture
{
    /// <summary>Begins to catch what the calling thread, and whatever it starts, prints. Ends with <see cref="ICommandOutput.End"/> on the same thread.</summary>
    /// <param name="limit">Bytes of both streams together after which the flood is cut (a capture that cannot tell the order of the two cuts each there) and <see cref="ICommandOutput.Flooded"/> becomes true.</param>
    ICommandOutput Begin(long limit);

    /// <summary>What was printed outside any command, or by flows that outlived theirs; null where the fabric has nothing of the kind.</summary>
    ICommandOutput? Leftover => null;
}

/// <summary>What one command has printed so far. <see cref="Take"/> may be called from any thread, also while the command prints.</summary>
public interface ICommandOutput
{
    /// <summary>True once the command has printed more than its limit; what came after the limit is dropped.</summary>
    bool Flooded { get; }

    /// <summary>True when there are bytes to <see cref="Take"/>. Cheap; may be called on every command.</summary>
    bool HasPending { get; }

    /// <summary>Called when the pending bytes pass a threshold and on <see cref="Flooded"/>, on the printing thread. It may call <see cref="Take"/>.</summary>
    Action? PendingHigh { get; set; }

    /// <summary>Moves pending bytes of one stream into <paramref name="destination"/> (at least 4 kB long), in order; returns how many. 0 when none are left.</summary>
    int Take(OutputStream stream, Span<byte> destination);

    /// <summary>Ends the capture for the thread that began it. Pending bytes can still be taken.</summary>
    void End();
}
