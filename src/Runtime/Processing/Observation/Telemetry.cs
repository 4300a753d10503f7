using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <summary>What the master tells through .NET's own means, for OpenTelemetry or any other listener: a meter and a source of activities. Nothing is done for it while nobody listens.</summary>
public static class Telemetry
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string SourceName = "HpcRuntime";

    internal static readonly ActivitySource Source = new(SourceName, Version);
    private static readonly Meter Meter = new(SourceName, Version);
    private static readonly Counter<long> QueuedCommands = Meter.CreateCounter<long>("hpcruntime.commands.queued", "{command}", "Commands queued or submitted.");
    private static readonly Counter<long> EndedCommands = Meter.CreateCounter<long>("hpcruntime.commands.ended", "{command}", "Commands that have ended, by outcome.");
    private static readonly Counter<long> RepeatedAttempts = Meter.CreateCounter<long>("hpcruntime.attempts.repeated", "{attempt}", "Executions that had to be repeated because their slave was lost.");
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("hpcruntime.command.duration", "s", "Time that slaves worked on a command.");
    private static readonly Histogram<double> Waits = Meter.CreateHistogram<double>("hpcruntime.command.wait", "s", "Time that a command waited on the master before it was handed out.");
    private static readonly UpDownCounter<long> Slaves = Meter.CreateUpDownCounter<long>("hpcruntime.slaves", "{slave}", "Slaves that are up.");
    private static readonly Counter<long> LostSlaves = Meter.CreateCounter<long>("hpcruntime.slaves.lost", "{slave}", "Slaves lost.");
    private static readonly Counter<long> SentBytes = Meter.CreateCounter<long>("hpcruntime.bytes.sent", "By", "Bytes from the master to slaves.");
    private static readonly Counter<long> ReceivedBytes = Meter.CreateCounter<long>("hpcruntime.bytes.received", "By", "Bytes from slaves to the master.");

    /// <summary>Whether anybody listens to single commands.</summary>
    internal static bool SeesCommands => Durations.Enabled || Waits.Enabled || Source.HasListeners();

    private static string Version => typeof(Telemetry).Assembly.GetName().Version!.ToString(3);

    internal static void Queued()
    {
        if (QueuedCommands.Enabled)
        {
            QueuedCommands.Add(1);
        }
    }

    internal static void Ended(CommandStatus outcome)
    {
        if (EndedCommands.Enabled)
        {
            EndedCommands.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(outcome)));
        }
    }

    internal static void Repeated() => RepeatedAttempts.Add(1);

    internal static void SlaveJoined() => Slaves.Add(1);

    internal static void SlaveLeft(bool lost)
    {
        Slaves.Add(-1);
        if (lost)
        {
            LostSlaves.Add(1);
        }
    }

    internal static void Sent(long bytes)
    {
        if (SentBytes.Enabled)
        {
            SentBytes.Add(bytes);
        }
    }

    internal static void Received(long bytes)
    {
        if (ReceivedBytes.Enabled)
        {
            ReceivedBytes.Add(bytes);
        }
    }

    /// <summary>Tells of an execution that has ended: two measurements, and an activity with its four parts.</summary>
    internal static void Attempt(in AttemptRecord attempt)
    {
        if (Durations.Enabled)
        {
            Durations.Record(Seconds(attempt.StartedAt, attempt.EndedAt), new KeyValuePair<string, object?>("outcome", NameOf(attempt.Outcome)));
        }

        if (Waits.Enabled)
        {
            Waits.Record(Seconds(attempt.QueuedAt, attempt.SentAt));
        }

        if (Source.HasListeners())
        {
            Tell(attempt);
        }
    }

    /// <summary>Begins the activity of applying a result; null when nobody listens.</summary>
    internal static Activity? Applying(ICommandInfo command) => Source.StartActivity("apply")?.SetTag("hpcruntime.command.id", command.Id).SetTag("hpcruntime.command.label", command.Label);

    private static void Tell(in AttemptRecord attempt)
    {
        // Told afterwards, when all times are known; what the calling thread has under way is not its parent.
        var current = Activity.Current;
        Activity.Current = null;
        var (clock, now) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());
        DateTimeOffset At(long timestamp) => now - Stopwatch.GetElapsedTime(timestamp, clock);
        using (var whole = Source.StartActivity("command", ActivityKind.Producer, default(ActivityContext), startTime: At(attempt.QueuedAt)))
        {
            if (whole is not null)
            {
                whole.DisplayName = attempt.Command.Label;
                whole.SetTag("hpcruntime.command.id", attempt.Command.Id).SetTag("hpcruntime.command.label", attempt.Command.Label);
                whole.SetTag("hpcruntime.attempt", attempt.Attempt).SetTag("hpcruntime.rank", attempt.Rank).SetTag("hpcruntime.outcome", NameOf(attempt.Outcome));
                whole.SetStatus(attempt.Outcome == CommandStatus.Done ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
                Part("queue", attempt.QueuedAt, attempt.SentAt);
                Part("dispatch", attempt.SentAt, attempt.StartedAt);
                Part("run", attempt.StartedAt, attempt.EndedAt);
                Part("result", attempt.EndedAt, attempt.TakenAt);
                whole.SetEndTime(At(attempt.TakenAt).UtcDateTime);
            }
        }

        Activity.Current = current;

        void Part(string name, long from, long to)
        {
            using var part = Source.StartActivity(name, ActivityKind.Internal, Activity.Current!.Context, startTime: At(from));
            part?.SetEndTime(At(to).UtcDateTime);
        }
    }

    private static double Seconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalSeconds;

    /// <summary>An outcome as listeners see it, such as <c>timed-out</c>; <c>repeated</c> for an execution that was lost and is tried again.</summary>
    internal static string NameOf(CommandStatus outcome) => outcome switch
    {
        CommandStatus.Done => "done",
        CommandStatus.Failed => "failed",
        CommandStatus.Lost => "lost",
        CommandStatus.Cancelled => "cancelled",
        CommandStatus.TimedOut => "timed-out",
        _ => "repeated",
    };
}
