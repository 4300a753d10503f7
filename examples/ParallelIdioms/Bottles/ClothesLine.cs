using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

/// <summary>Three files in a folder of their own that grow for a second or so: something to follow where no file is given. Disposing it removes them.</summary>
internal sealed class ClothesLine : IDisposable
{
    /// <summary>What ends each of the files.</summary>
    internal const string LastLine = "Nothing more on the line.";

    private const int Garments = 99;
    private static readonly string[] Names = ["pants", "trousers", "shorts"];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bottles-");
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;

    /// <summary>Makes the files, empty, and begins to write.</summary>
    internal ClothesLine()
    {
        Files = [.. Enumerable.Range(1, 3).Select(number => Path.Combine(_folder.FullName, $"line-{number}.log"))];
        foreach (var file in Files)
        {
            File.Create(file).Dispose();
        }

        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The files.</summary>
    internal IReadOnlyList<string> Files { get; }

    /// <summary>What is written to a file, in order, without its last line. Every tenth line has two garments.</summary>
    internal static IEnumerable<string> LinesOf(int file) =>
        Enumerable.Range(0, Garments).Select(i => Garments - i).Select(left =>
            $"{left} on the line, next are {Names[(left + file) % 3]}{(left % 10 == 0 ? $" and {Names[(left + file + 1) % 3]}" : string.Empty)}.");

    /// <summary>Stops writing and removes the files.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Wait(); // Cancelled or not.
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Writes a line to each file in turn; each in two halves, as a buffer that happens to be full would.</summary>
    private async Task WriteAsync()
    {
        foreach (var round in LinesOf(0).Zip(LinesOf(1), LinesOf(2)).Append((LastLine, LastLine, LastLine)))
        {
            foreach (var (file, line) in Files.Zip([round.Item1, round.Item2, round.Item3]))
            {
                await File.AppendAllTextAsync(file, line[..(line.Length / 2)], _stop.Token);
                await File.AppendAllTextAsync(file, line[(line.Length / 2)..] + "\n", _stop.Token);
            }

            await Task.Delay(Pause, _stop.Token);
        }
    }
}
