using System;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Least squares by Householder reflections (Golub and Van Loan, Matrix Computations, 5.2) for the few columns of these models.
/// The sums run in a fixed order on one thread and nothing is allocated: the same input gives the same bits, and a refit costs microseconds.</summary>
internal static class LinearLeastSquares
{
    /// <summary>Reduces a matrix, column by column in <paramref name="matrix"/>, to its triangle R and turns <paramref name="right"/> with it.
    /// What lies below the diagonal afterwards has no meaning.</summary>
    public static void Reduce(Span<double> matrix, int rows, int columns, Span<double> right)
    {
        for (var j = 0; j < columns; j++)
        {
            var column = matrix.Slice(j * rows, rows)[j..];
            var norm = Math.Sqrt(Dot(column, column));
            if (norm == 0)
            {
                continue;
            }

            var head = column[0];
            var diagonal = head > 0 ? -norm : norm;
            column[0] = head - diagonal;
            var half = norm * (norm + Math.Abs(head));
            for (var k = j + 1; k < columns; k++)
            {
                Reflect(column, half, matrix.Slice(k * rows, rows)[j..]);
            }

            Reflect(column, half, right[j..rows]);
            column[0] = diagonal;
        }
    }

    /// <summary>Solves R s = right for what <see cref="Reduce"/> left. The diagonal has no zero.</summary>
    public static void Solve(ReadOnlySpan<double> matrix, int rows, int columns, ReadOnlySpan<double> right, Span<double> solution)
    {
        for (var j = columns - 1; j >= 0; j--)
        {
            var sum = right[j];
            for (var k = j + 1; k < columns; k++)
            {
                sum -= matrix[(k * rows) + j] * solution[k];
            }

            solution[j] = sum / matrix[(j * rows) + j];
        }
    }

    private static void Reflect(ReadOnlySpan<double> vector, double half, Span<double> target)
    {
        var factor = Dot(vector, target) / half;
        for (var i = 0; i < vector.Length; i++)
        {
            target[i] -= factor * vector[i];
        }
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
