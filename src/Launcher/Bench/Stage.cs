using System;
using System.Diagnostics;

namespace HpcRuntime.Launcher.Bench;

/// <summary>What a workload is told, and its clock.</summary>
/// <param name="Slaves">How many.</param>
/// <param name="Tasks">0 for the workload's own number.</param>
/// <param name="Payload">Bytes; 0 for the workload's own.</param>
/// <param name="Tally">Counts what the processes of the run use.</param>
internal sealed record Stage(int Slaves, int Tasks, long Payload, ResourceTally Tally)
{
    internal int TasksOr(int own) => Tasks > 0 ? Tasks : own;

    internal long PayloadOr(long own) => Payload > 0 ? Payload : own;

    /// <summary>Times <paramref name="part"/>; the resources are read outside.</summary>
    internal Measurement Time(int tasks, long payload, Action part)
    {
        var before = Tally.Now();
        var start = Stopwatch.GetTimestamp();
        part();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Measurement(tasks, payload, seconds, before, Tally.Now());
    }

    /// <summary>Fails the benchmark unless <paramref name="right"/>.</summary>
    internal static void Check(bool right, string what)
    {
        if (!right)
        {
            throw new WrongResultException(what);
        }
    }
}

/// <summary>A benchmark's result is wrong: its time means nothing.</summary>
/// <param name="what">What is wrong.</param>
internal sealed class WrongResultException(string what) : Exception("The benchmark's results are wrong, so no figure is given: " + what);
