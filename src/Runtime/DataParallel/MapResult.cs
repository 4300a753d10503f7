using System;
using System.Runtime.ExceptionServices;

namespace HpcRuntime.DataParallel;

/// <summary>What became of one item of a map.</summary>
/// <typeparam name="TResult">The result of one item.</typeparam>
public readonly struct MapResult<TResult>
{
    private readonly TResult _value;

    internal MapResult(long index, TResult value, Exception? error)
    {
        Index = index;
        _value = value;
        Error = error;
    }

    /// <summary>The item's place in the input, from 0.</summary>
    public long Index { get; }

    /// <summary>Why it did not end well; null when it did.</summary>
    public Exception? Error { get; }

    /// <summary>True when it ended well.</summary>
    public bool IsDone => Error is null;

    /// <summary>The result; throws <see cref="Error"/> when there is none.</summary>
    public TResult Value
    {
        get
        {
            if (Error is not null)
            {
                ExceptionDispatchInfo.Throw(Error);
            }

            return _value;
        }
    }
}
