using System.IO;
using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>How a command behaves once its token is cancelled.</summary>
public enum Reaction
{
    /// <summary>It throws <see cref="System.OperationCanceledException"/>.</summary>
    Throw,

    /// <summary>It returns its value all the same.</summary>
    Return,

    /// <summary>It throws something else.</summary>
    Fail,
}

/// <summary>Goes on until its token is cancelled, <paramref name="milliseconds"/> at most, then reacts.</summary>
public sealed class UntilCancelledCommand(Reaction reaction = Reaction.Throw, int milliseconds = 15_000, string? started = null, string? ended = null) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        Mark(started);
        var cancelled = Pause.For(milliseconds, slave.Cancellation);
        Mark(ended);
        if (cancelled && reaction == Reaction.Throw)
        {
            slave.Cancellation.ThrowIfCancellationRequested();
        }

        return cancelled && reaction == Reaction.Fail ? throw new IOException("interrupted in the middle") : 1;
    }

    private static void Mark(string? path)
    {
        if (path is not null)
        {
            File.WriteAllText(path, string.Empty);
        }
    }
}

/// <summary>Ignores its token: goes on for <paramref name="milliseconds"/> after it was cancelled (15 s at most in all) or until a signal, then brings 13 home. It leaves a trace of each execution.</summary>
public sealed class StubbornCommand(string folder, int milliseconds, string? release = null) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        File.WriteAllText(Path.Combine(folder, $"stubborn-{System.Guid.NewGuid():N}"), string.Empty);
        bool Released() => release is not null && File.Exists(release);
        if (Pause.Until(() => slave.Cancellation.IsCancellationRequested || Released(), 15_000))
        {
            Pause.Until(Released, milliseconds);
        }

        File.WriteAllText(Path.Combine(folder, $"released-{System.Guid.NewGuid():N}"), string.Empty);
        return 13;
    }
}
