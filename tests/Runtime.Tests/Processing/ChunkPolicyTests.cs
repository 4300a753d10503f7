using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

public sealed class ChunkPolicyTests
{
    [TestCase(2, 2, 0.25)]
    [TestCase(100, 2, 1)]
    [TestCase(1000, 20, 10)]
    [TestCase(10_000, 200, 100)]
    public void Chunks_and_held_results_grow_with_the_number_of_slaves(int slaves, double chunkMilliseconds, double resultMilliseconds)
    {
        const double Command = 100e-6;
        var kind = new CommandKind("a tenth of a millisecond");
        kind.Observe(1, Command);
        Assert.That(ChunkPolicy.ChunkSize(Chunking.Adaptive, kind, int.MaxValue / 2, slaves) * Command, Is.EqualTo(chunkMilliseconds * 1e-3).Within(Command));
        Assert.That(ChunkPolicy.ResultSeconds(slaves), Is.EqualTo(resultMilliseconds * 1e-3).Within(1e-9));
    }

    [TestCase(0, 64)]
    [TestCase(2, 16 * 1024)]
    [TestCase(1024, 64 * 1024)]
    [TestCase(10_000, 320_000)]
    public void A_lazy_input_is_read_so_far_ahead_that_every_slave_finds_work(int slaves, int commands)
    {
        Assert.That(ChunkPolicy.LowWater(slaves), Is.EqualTo(commands));
    }

    [TestCase(3, 1, 4, "[0,3] [1] [2]")]
    [TestCase(3, 1, 7, "[0,1,6] [2,3] [4,5]")]
    [TestCase(3, 1, 10, "[0,1,2,9] [3,4,5] [6,7,8]")]
    [TestCase(3, 1, 2, "[0] [1]")]
    [TestCase(2, 2, 11, "[0,1,8] [2,3,9] [4,5,10] [6,7]")]
    [TestCase(3, 1, 0, "")]
    public void The_static_cut_is_that_of_relax(int slaves, int grain, int commands, string expected)
    {
        Assert.That(string.Join(' ', ChunkPolicy.StaticCut(commands, slaves, grain).Select(places => $"[{string.Join(',', places)}]")), Is.EqualTo(expected));
    }

    [Test]
    public void A_static_cut_holds_every_command_once([Values(1, 2, 5, 16)] int slaves, [Values(1, 3)] int grain, [Values(1, 7, 64, 1000)] int commands)
    {
        var cut = ChunkPolicy.StaticCut(commands, slaves, grain);
        Assert.That(cut.SelectMany(places => places).Order(), Is.EqualTo(Enumerable.Range(0, commands)));
        Assert.That(cut.Max(places => places.Count) - cut.Min(places => places.Count), Is.LessThanOrEqualTo(1));
    }

    [TestCase(Chunking.Adaptive)]
    [TestCase(Chunking.Each)]
    [TestCase(Chunking.Static)]
    public void A_kind_that_was_not_measured_travels_alone_and_unprefetched(Chunking chunking)
    {
        var kind = new CommandKind("String");
        Assert.That(ChunkPolicy.ChunkSize(chunking, kind, 1_000_000, 2), Is.EqualTo(1));
        Assert.That(ChunkPolicy.InFlightLimit(chunking, kind, 1), Is.EqualTo(1));
    }

    [TestCase(0, 1_000_000, 2, ChunkPolicy.LargestChunk, TestName = "Free commands travel in the largest chunks")]
    [TestCase(1e-5, 1_000_000, 2, 200, TestName = "A chunk keeps its slave busy for two milliseconds")]
    [TestCase(0.002, 1_000_000, 2, 1, TestName = "Two milliseconds of work travel alone")]
    [TestCase(60, 1_000_000, 2, 1, TestName = "A long command travels alone")]
    [TestCase(1e-5, 100, 2, 25, TestName = "The end of a run is cut in small pieces for all slaves")]
    [TestCase(1e-5, 1, 16, 1, TestName = "The last command travels")]
    [TestCase(1e-5, 0, 16, 1, TestName = "A chunk is never empty")]
    public void Adaptive_chunks_are_bounded_by_time_and_by_fairness(double seconds, int waiting, int slaves, int expected)
    {
        Assert.That(ChunkPolicy.ChunkSize(Chunking.Adaptive, Measured(seconds), waiting, slaves), Is.EqualTo(expected));
    }

    [TestCase(Chunking.Adaptive, 0, 100, 200)]
    [TestCase(Chunking.Adaptive, 60, 1, 2)]
    [TestCase(Chunking.Each, 0, 1, 64)]
    [TestCase(Chunking.Each, 1e-5, 1, 10)]
    [TestCase(Chunking.Each, 60, 1, 2)]
    public void A_slave_holds_the_next_work_before_it_has_finished_the_last(Chunking chunking, double seconds, int chunk, int expected)
    {
        Assert.That(ChunkPolicy.InFlightLimit(chunking, Measured(seconds), chunk), Is.EqualTo(expected));
    }

    [Test]
    public void The_average_of_a_kind_forgets_its_slow_first_command()
    {
        var kind = new CommandKind("String");
        var seen = new List<double>();
        foreach (var (count, seconds) in new[] { (1, 0.8), (4, 0.8), (10, 1.0) })
        {
            kind.Observe(count, seconds);
            seen.Add(kind.Duration);
        }

        Assert.That(seen, Is.EqualTo(new[] { 0.8, 0.5, 0.3 }).Within(1e-12));
    }

    private static CommandKind Measured(double seconds)
    {
        var kind = new CommandKind("String");
        kind.Observe(1, seconds);
        return kind;
    }
}
