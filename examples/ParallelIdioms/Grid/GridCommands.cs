using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Commands;

namespace HpcRuntime.Examples.ParallelIdioms.Grid;

/// <summary>Works on one cell and sends home a result that knows what to do there.</summary>
internal sealed class CellCommand(GridWork work, int row, int column) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave) => slave.ReturnResult(new CellResult(GridWork.PlaceOf(row, column), work.Compute(row, column)));
}

/// <summary>A cell's value, on its way into the grid.</summary>
internal sealed class CellResult(int place, int value) : ResultCommand
{
    /// <inheritdoc/>
    public override void Run(IMaster master, Memo? memo) => ((GridMemo)memo!).Grid[place] = value;
}

/// <summary>The grid, which stays on the master.</summary>
internal sealed class GridMemo(int[] grid) : Memo
{
    internal int[] Grid => grid;
}

/// <summary>Something that is worth keeping from one cell to the next.</summary>
internal sealed class CellTable
{
    private readonly int[] _values = [.. Enumerable.Range(0, GridWork.Cells.Count)];

    internal int this[int place] => _values[place];
}

/// <summary>Works on the cells of a row and yields each as soon as it is done.</summary>
internal sealed record RowProducer(GridWork Work, int Row, int FirstColumn)
{
    internal async IAsyncEnumerable<int> ProduceAsync(ISlaveContext slave)
    {
        for (var column = FirstColumn; column < GridWork.Side; column++)
        {
            slave.Cancellation.ThrowIfCancellationRequested();
            yield return Work.Compute(Row, column);
            await Task.Yield();
        }
    }
}
