using System;

namespace HpcRuntime.Examples.Computations;

/// <summary>A value and when it was worked on, by the clock of the slave's host.</summary>
internal sealed record TimedValue(double Value, DateTime Began, DateTime Ended)
{
    /// <summary>The value that <paramref name="work"/> has for <paramref name="argument"/>.</summary>
    public static TimedValue Of(Func<double, double> work, double argument)
    {
        var began = DateTime.UtcNow;
        var value = work(argument);
        return new TimedValue(value, began, DateTime.UtcNow);
    }
}
