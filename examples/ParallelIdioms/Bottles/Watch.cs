using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

/// <summary>All files at once: a conversation with each slave, which follows its share of them. The master knows how far every file is done, so that where a slave is lost another goes on behind the last line
/// that was heard of: each match arrives once. One thread at a time; disposing it ends the following.</summary>
internal sealed class Watch : IDisposable
{
    private readonly Processor _processor;
    private readonly Conversations<GoOn, Finds> _talks;
    private readonly Dictionary<Conversation<GoOn, Finds>, Share> _shares = [];
    private readonly IReadOnlyList<string> _patterns;
    private readonly string? _until;

    /// <summary>Begins to follow.</summary>
    internal Watch(Processor processor, IReadOnlyList<FilePlace> files, IReadOnlyList<string> patterns, string? until)
    {
        (_processor, _patterns, _until) = (processor, patterns, until);
        _talks = new Conversations<GoOn, Finds>(processor);
        foreach (var group in files.Index().GroupBy(file => file.Index % processor.SlaveCount))
        {
            Follow(new Share(group.ToDictionary(file => file.Index, file => file.Item)));
        }
    }

    /// <summary>Whether every file has ended, and every follower.</summary>
    internal bool IsOver => _shares.Count == 0 && _talks.Unfinished == 0;

    /// <summary>Waits for the next finds of any file.</summary>
    /// <param name="timeout">How long; null for as long as it takes.</param>
    /// <param name="finds">They are in the order of their file.</param>
    /// <returns>False when time is up or every file has ended.</returns>
    internal bool TryNext(TimeSpan? timeout, [NotNullWhen(true)] out Finds? finds)
    {
        while (true)
        {
            try
            {
                if (!_talks.TryReceive(timeout, out var speaker, out finds) || finds is null)
                {
                    return false;
                }

                if (_shares.TryGetValue(speaker!, out var share)) // else it was lost: what it says last is found again by who came after it
                {
                    Take(speaker!, share, finds);
                    return true;
                }
            }
            catch (SlaveLostException lost)
            {
                GoOnElsewhere(lost);
            }
        }
    }

    /// <summary>Ends the following.</summary>
    public void Dispose() => _talks.Dispose();

    private void Take(Conversation<GoOn, Finds> speaker, Share share, Finds finds)
    {
        share.Losses = 0;
        if (finds.IsLast)
        {
            share.Places.Remove(finds.File);
        }
        else
        {
            share.Places[finds.File] = finds.Place;
        }

        speaker.Send(new GoOn());
        if (share.Places.Count == 0)
        {
            _shares.Remove(speaker);
        }
    }

    private void GoOnElsewhere(SlaveLostException lost)
    {
        foreach (var (talk, share) in _shares.Where(pair => pair.Key.Command.Status == CommandStatus.Lost).ToArray())
        {
            _shares.Remove(talk);
            if (++share.Losses >= _processor.Options.MaxAttempts)
            {
                throw lost;
            }

            Follow(share);
        }
    }

    private void Follow(Share share) => _shares.Add(_talks.Start(new Follower(share.Places, _patterns, _until).FollowAsync), share);

    /// <summary>The files of one follower that have not ended, and how often it was lost since it was last heard of.</summary>
    private sealed class Share(Dictionary<int, FilePlace> places)
    {
        internal Dictionary<int, FilePlace> Places => places;

        internal int Losses { get; set; }
    }
}
