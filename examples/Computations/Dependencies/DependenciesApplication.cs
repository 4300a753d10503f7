using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>Commands that come after others: ten that sleep, ten that wait for all of those.</summary>
[Application("dependencies", "Ten commands that sleep, and ten that begin when the last of those has ended.")]
public sealed class DependenciesApplication : Application
{
    private const int Count = 10;

    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (!Arguments.TryParse<DependenciesOptions>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var unit = options.Unit;
        var sleepers = Enumerable.Range(0, Count).Select(i => processor.Submit(() => TimedValue.Of(Sleep, Math.Max(0, 5 - i) * unit))).ToArray();
        var roots = Enumerable.Range(0, Count).Select(i => processor.Submit(() => TimedValue.Of(Math.Sqrt, i), after: sleepers)).ToArray();

        var some = Task.WhenAll(sleepers[2], sleepers[7], roots[4]).Result;         // these three and no others
        Console.WriteLine($"three of them: {string.Join(' ', some.Select(done => $"{done.Value:F3}"))}");
        var all = Task.WhenAll([.. sleepers, .. roots]).Result;
        Console.WriteLine($"roots: {string.Join(' ', all.Skip(Count).Select(root => $"{root.Value:F3}"))}");
        var lastSleeper = all.Take(Count).Max(sleeper => sleeper.Ended);
        Console.WriteLine($"roots that began before the last sleeper had ended: {all.Skip(Count).Count(root => root.Began < lastSleeper)}");

        Console.WriteLine(Circle(processor));
        return ExitCodes.Success;
    }

    private static double Sleep(double milliseconds)
    {
        Thread.Sleep(TimeSpan.FromMilliseconds(milliseconds));
        return milliseconds;
    }

    /// <summary>Commands that come after each other are refused before anything runs.</summary>
    private static string Circle(Processor processor)
    {
        try
        {
            new CommandGraph().Add("egg", () => 1, after: ["hen"]).Add("hen", () => 2, after: ["egg"]).Submit(processor);
            return "a circle was accepted";
        }
        catch (ArgumentException refusal)
        {
            return refusal.Message;
        }
    }
}
