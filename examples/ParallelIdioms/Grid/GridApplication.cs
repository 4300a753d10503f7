using System.IO;
using System.Linq;
using HpcRuntime.Examples.ParallelIdioms.Arguments;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Grid;

/// <summary>The same small job in each way that the processor knows to do it: whatever the style, the printed grid is the same.</summary>
[Application("grid", "Computes a 10 x 10 grid, one command for each cell, in the style asked for.")]
public sealed class GridApplication : ExampleApplication
{
    private static readonly ArgumentReader Reader = new("grid", "[options]: computes the numbers 0 to 99 on the slaves, cell by cell, and prints them ten in a line.");

    /// <inheritdoc/>
    internal override int Run(Processor processor, string[] args, TextReader input, TextWriter output)
    {
        if (Reader.Read<GridOptions>(args, output) is not { } options)
        {
            return 0;
        }

        if (!GridStyles.All.TryGetValue(options.Style, out var style))
        {
            throw Reader.Refuse($"--style is one of {string.Join(", ", GridStyles.All.Keys)}, not '{options.Style}'.");
        }

        var delay = Reader.TimeOrZero("--delay", options.Delay);
        foreach (var row in style(processor, new GridWork(delay)).Chunk(GridWork.Side))
        {
            output.WriteLine(string.Join(' ', row));
        }

        return 0;
    }
}
