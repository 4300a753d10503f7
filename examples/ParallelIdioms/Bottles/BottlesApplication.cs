using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using HpcRuntime.Examples.ParallelIdioms.Arguments;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

/// <summary>Follows files that grow and prints what matches, while it is written.</summary>
[Application("bottles", "Follows files while they grow, and prints the lines that match a pattern.")]
public sealed class BottlesApplication : ExampleApplication
{
    private static readonly ArgumentReader Reader = new("bottles", "[FILE...] [options]: follows the files (without any: three that it writes itself) and prints each line once for each pattern that it matches.");

    /// <inheritdoc/>
    internal override int Run(Processor processor, string[] args, TextReader input, TextWriter output)
    {
        if (Reader.Read<BottlesOptions>(args, output, mostWords: int.MaxValue) is not { } options)
        {
            return 0;
        }

        var patterns = PatternsOf(options.Patterns);
        TimeSpan? heartbeat = options.Heartbeat is { } text ? Reader.Time("--heartbeat", text) : null;
        if (options.ByFile && options.Until is null)
        {
            throw Reader.Refuse("--by-file goes with --until: without an end no file is ever complete.");
        }

        using var clothes = options.Words.Any() ? null : new ClothesLine();
        var files = clothes?.Files ?? [.. options.Words];
        var until = clothes is null ? options.Until?.Trim() : ClothesLine.LastLine;
        using var watch = new Watch(processor, PlacesOf(files, options.FromStart || clothes is not null), patterns, until);
        var report = new Report(clothes is null ? files : [.. files.Select(file => Path.GetFileName(file))], patterns, options.ByFile || clothes is not null, output);
        Follow(watch, report, heartbeat, output);
        report.Close();
        return 0;
    }

    private static void Follow(Watch watch, Report report, TimeSpan? heartbeat, TextWriter output)
    {
        var quiet = Stopwatch.StartNew();
        while (!watch.IsOver)
        {
            if (watch.TryNext(heartbeat is { } most ? most > quiet.Elapsed ? most - quiet.Elapsed : TimeSpan.Zero : null, out var finds))
            {
                report.Take(finds);
                if (finds.Matches.Count > 0)
                {
                    quiet.Restart();
                }
            }
            else if (!watch.IsOver)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"no match for {heartbeat!.Value.TotalSeconds:0.###} s"));
                output.Flush();
                quiet.Restart();
            }
        }
    }

    private static string[] PatternsOf(string text)
    {
        var patterns = text.Split(',');
        foreach (var pattern in patterns)
        {
            try
            {
                _ = new Regex(pattern, RegexOptions.CultureInvariant);
            }
            catch (RegexParseException e)
            {
                throw Reader.Refuse($"--patterns: '{pattern}' is no regular expression: {e.Message}");
            }
        }

        return patterns;
    }

    private static FilePlace[] PlacesOf(IReadOnlyList<string> files, bool fromStart)
    {
        try
        {
            return [.. files.Select(file => FilePlace.EndOf(Path.GetFullPath(file))).Select(end => fromStart ? end with { Offset = 0, Head = [] } : end)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Reader.Refuse($"cannot follow: {e.Message}");
        }
    }
}
