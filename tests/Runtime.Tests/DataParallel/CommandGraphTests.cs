using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.DataParallel;

public sealed class CommandGraphTests
{
    [Test]
    public void A_hundred_thousand_nodes_are_ordered_and_run_in_the_time_of_their_edges()
    {
        var graph = new CommandGraph();
        for (var i = 99_999; i >= 0; i--)
        {
            graph.Add($"n{i}", static () => 1, i < 100 ? null : [$"n{i - 100}", $"n{i - 50}"]);
        }

        using var processor = Processor.Load("thread", slaves: 2);
        var clock = Stopwatch.StartNew();
        var futures = graph.Submit(processor);
        Assert.That(Task.WhenAll(futures.Values).Wait(30_000), Is.True);
        Assert.That(futures.Values.Sum(future => ((Task<int>)future).Result), Is.EqualTo(100_000));
        Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan(25));
    }
}
