using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace HpcRuntime.Examples.ParallelIdioms.Grid;

/// <summary>What there is to do: each cell takes its time and knows its number.</summary>
/// <param name="Delay">What a cell takes.</param>
internal sealed record GridWork(TimeSpan Delay)
{
    /// <summary>Cells in a row, and rows.</summary>
    internal const int Side = 10;

    /// <summary>The cells, row by row.</summary>
    internal static IReadOnlyList<(int Row, int Column)> Cells { get; } = [.. Enumerable.Range(0, Side * Side).Select(index => (index / Side, index % Side))];

    /// <summary>Works on one cell: in place of something that takes long.</summary>
    internal int Compute((int Row, int Column) cell) => Compute(cell.Row, cell.Column);

    /// <inheritdoc cref="Compute(ValueTuple{int, int})"/>
    internal int Compute(int row, int column)
    {
        Thread.Sleep(Delay);
        return PlaceOf(row, column);
    }

    /// <summary>Where a cell stands in the grid, which is also its value.</summary>
    internal static int PlaceOf(int row, int column) => (row * Side) + column;
}
