namespace HpcRuntime.Wire;

/// <summary>A value whose large arrays are not copied when a command is snapshotted: the caller leaves them unchanged until the result is there.</summary>
/// <param name="value">What is lent.</param>
/// <typeparam name="T">Anything that can travel.</typeparam>
public readonly struct Lent<T>(T value)
{
    /// <summary>What is lent.</summary>
    public T Value { get; } = value;
}
