namespace HpcRuntime.Examples.Computations;

/// <summary>Numbers parted in two.</summary>
/// <param name="Low">Those below the pivot.</param>
/// <param name="High">The pivot and those above.</param>
internal sealed record Halves(int[] Low, int[] High);
