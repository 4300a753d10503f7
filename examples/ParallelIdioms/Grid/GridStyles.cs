using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Grid;

/// <summary>The ways to hand out the cells. Each returns the whole grid, row by row.</summary>
internal static class GridStyles
{
    internal static IReadOnlyDictionary<string, Func<Processor, GridWork, int[]>> All { get; } = new Dictionary<string, Func<Processor, GridWork, int[]>>
    {
        ["serial"] = Serial,
        ["map"] = Map,
        ["queue"] = Queue,
        ["managed"] = Managed,
        ["start"] = Start,
        ["reusable"] = Reusable,
        ["continuous"] = Continuous,
    };

    /// <summary>No slave at all: the calling thread works on one cell after the other.</summary>
    private static int[] Serial(Processor processor, GridWork work) =>
        processor.Map(GridWork.Cells, work.Compute, new MapOptions { Debug = true }).ToArray();

    /// <summary>Results in input order.</summary>
    private static int[] Map(Processor processor, GridWork work) => processor.Map(GridWork.Cells, work.Compute).ToArray();

    /// <summary>Results as they arrive, each with its place.</summary>
    private static int[] Queue(Processor processor, GridWork work)
    {
        var grid = new int[GridWork.Cells.Count];
        foreach (var result in processor.MapUnordered(GridWork.Cells, work.Compute))
        {
            grid[result.Index] = result.Value;
        }

        return grid;
    }

    /// <summary>A function that runs on a slave when it is called, and gives a future for each call.</summary>
    private static int[] Managed(Processor processor, GridWork work)
    {
        var compute = processor.Bind<int, int, int>(work.Compute);
        return Task.WhenAll(GridWork.Cells.Select(cell => compute(cell.Row, cell.Column))).GetAwaiter().GetResult();
    }

    /// <summary>Commands of a class of their own, whose results know what to do on the master.</summary>
    private static int[] Start(Processor processor, GridWork work)
    {
        var memo = new GridMemo(new int[GridWork.Cells.Count]);
        foreach (var (row, column) in GridWork.Cells)
        {
            processor.AddToQueue(new CellCommand(work, row, column), memo);
        }

        processor.RunQueue();
        return memo.Grid;
    }

    /// <summary>Slaves stay from cell to cell, and so does what they keep: each makes its table once.</summary>
    private static int[] Reusable(Processor processor, GridWork work) =>
        processor.Map(GridWork.Cells, (cell, slave) => slave.Local(() => new CellTable())[work.Compute(cell)], new MapOptions { ChunkSize = 1 }).ToArray();

    /// <summary>A command for each row, which sends its cells home one by one.</summary>
    private static int[] Continuous(Processor processor, GridWork work)
    {
        var grid = new int[GridWork.Cells.Count];
        Task.WhenAll(Enumerable.Range(0, GridWork.Side).Select(row => FillAsync(processor, work, row, grid))).GetAwaiter().GetResult();
        return grid;
    }

    private static async Task FillAsync(Processor processor, GridWork work, int row, int[] grid)
    {
        var column = 0;
        for (var attempt = 1; column < GridWork.Side; attempt++)
        {
            try
            {
                await foreach (var value in processor.Stream(new RowProducer(work, row, column).ProduceAsync))
                {
                    grid[GridWork.PlaceOf(row, column++)] = value;
                }
            }
            catch (SlaveLostException) when (attempt < processor.Options.MaxAttempts)
            {
                // What came home is kept: the next producer goes on behind it.
            }
        }
    }
}
