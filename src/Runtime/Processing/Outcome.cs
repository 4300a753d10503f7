using System;
using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <summary>How a command ended, as a value: never thrown.</summary>
/// <typeparam name="T">The command's value.</typeparam>
public sealed class Outcome<T>
{
    private readonly T? _value;

    internal Outcome(ICommandInfo command, T? value, Exception? error)
    {
        Command = command;
        _value = value;
        Error = error;
    }

    /// <summary>The command: status, rank, attempts, duration, output.</summary>
    public ICommandInfo Command { get; }

    /// <summary>Why it did not end well; null when it did.</summary>
    public Exception? Error { get; }

    /// <summary>True when it ended well.</summary>
    public bool IsDone => Error is null;

    /// <summary>The value; throws <see cref="Error"/> when there is none.</summary>
    public T Value
    {
        get
        {
            if (Error is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(Error);
            }

            return _value!;
        }
    }
}
