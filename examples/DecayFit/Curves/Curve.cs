using System.Linq;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>One measured curve, its points in the order of the file.</summary>
/// <param name="Name">As the file spells it.</param>
/// <param name="X">Where it was measured; the same x may come several times (replicates).</param>
/// <param name="Y">What was measured; as long as <paramref name="X"/>.</param>
/// <param name="Sigma">The standard deviation of each y; null where the file has no such column.</param>
internal sealed record Curve(string Name, double[] X, double[] Y, double[]? Sigma)
{
    /// <summary>How many different x there are.</summary>
    public int DistinctX => X.Distinct().Count();
}
