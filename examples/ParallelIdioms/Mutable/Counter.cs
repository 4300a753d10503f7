namespace HpcRuntime.Examples.ParallelIdioms.Mutable;

/// <summary>An object that can be changed.</summary>
internal sealed class Counter
{
    internal int Value { get; set; }

    /// <summary>Doubles this very object, and hands it back.</summary>
    internal Counter Double()
    {
        Value *= 2;
        return this;
    }
}
