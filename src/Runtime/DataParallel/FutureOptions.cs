using System;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <summary>How the prerequisites of a command must have ended for it to run.</summary>
public enum AfterPolicy
{
    /// <summary>All must have ended well; else the command fails with a <see cref="PrerequisiteException"/> that names the first that did not. The default.</summary>
    Success,

    /// <summary>All must have ended, however they did.</summary>
    AnyEnd,

    /// <summary>All must have ended, one of them badly: for clearing up. When all ended well the command is cancelled.</summary>
    Failure,
}

/// <summary>How one submission is to be run. Null members take the processor's defaults.</summary>
public sealed record FutureOptions
{
    /// <summary>Higher goes first; FIFO within a priority. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>The most time one attempt may take; null for the processor's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>A name for messages and logs; null for the name of the function or command.</summary>
    public string? Label { get; init; }

    /// <summary>Executions allowed when slaves are lost; null for the processor's default.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The group it belongs to, for <c>WhenGroup</c>, <c>CancelGroup</c> and <c>LimitGroup</c>; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>How what it comes after must have ended. Default <see cref="AfterPolicy.Success"/>.</summary>
    public AfterPolicy AfterPolicy { get; init; }

    /// <summary>The part that the processor itself knows; null for all defaults.</summary>
    internal CommandOptions? ForCommand() => Priority == 0 && Timeout is null && Label is null && MaxAttempts is null
        ? null
        : new CommandOptions { Priority = Priority, Timeout = Timeout, Label = Label, MaxAttempts = MaxAttempts };
}
