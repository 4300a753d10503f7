namespace HpcRuntime.Examples.Computations;

/// <summary>The power series of the logarithm around 1, cut off behind so many terms. It converges for 0 &lt; x &lt;= 2.</summary>
internal sealed class LogSeries(int terms)
{
    /// <summary>ln x, with the derivative that comes from that of <paramref name="x"/>.</summary>
    public Dual At(Dual x)
    {
        Dual sum = 0;
        Dual power = -1;
        for (var n = 1; n <= terms; n++)
        {
            power *= 1 - x;
            sum += power / n;
        }

        return sum;
    }
}
