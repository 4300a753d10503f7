using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

/// <summary>Follows some of the files, on a slave, as long as it is wanted: each with its number and the place to begin.</summary>
/// <param name="Places">The files.</param>
/// <param name="Patterns">What is looked for.</param>
/// <param name="Until">The line that ends a file; null for none.</param>
internal sealed record Follower(IReadOnlyDictionary<int, FilePlace> Places, IReadOnlyList<string> Patterns, string? Until)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The slave's end of the conversation. It sends finds and waits until they were taken, so that a file that grows fast does not fill the master's memory.</summary>
    /// <exception cref="FileNotFoundException">A file was not there for ten seconds from the beginning: this host does not see it.</exception>
    internal Task FollowAsync(CommandChannel<GoOn, Finds> channel)
    {
        var expressions = Patterns.Select(pattern => new Regex(pattern, RegexOptions.CultureInvariant)).ToArray();
        var files = Places.ToDictionary(place => place.Key, place => new FileFollower(place.Value));
        try
        {
            for (var clock = Stopwatch.StartNew(); files.Count > 0;)
            {
                var isQuiet = true;
                foreach (var (number, file) in files.ToArray())
                {
                    if (file.ReadLines() is { } lines)
                    {
                        isQuiet = false;
                        Tell(channel, number, file, lines, expressions, files);
                    }
                    else if (!file.WasFound && clock.Elapsed > Patience)
                    {
                        throw new FileNotFoundException($"Host {Environment.MachineName} does not see {file.Place.Path}.");
                    }
                }

                if (isQuiet)
                {
                    channel.Slave.Cancellation.WaitHandle.WaitOne(Rest);
                }

                channel.Slave.Cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            files.Values.ToList().ForEach(file => file.Dispose());
        }

        return Task.CompletedTask;
    }

    private void Tell(CommandChannel<GoOn, Finds> channel, int number, FileFollower file, IReadOnlyList<string> lines, Regex[] expressions, Dictionary<int, FileFollower> files)
    {
        var toTheEnd = lines.TakeWhile(line => line != Until).ToList();
        var isLast = toTheEnd.Count < lines.Count;
        Match[] matches = [.. toTheEnd.SelectMany(line => expressions.Index().Where(expression => expression.Item.IsMatch(line)).Select(expression => new Match(expression.Index, line)))];
        if (isLast)
        {
            files.Remove(number);
            file.Dispose();
        }

        if (isLast || matches.Length > 0)
        {
            channel.Send(new Finds(number, matches, file.Place, isLast));
            channel.Receive();
        }
    }
}
