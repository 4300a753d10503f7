using BenchmarkDotNet.Attributes;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.MicroBenchmarks;

/// <summary>A command through the master's queue, while others wait.</summary>
[MemoryDiagnoser]
public class QueueBenchmarks
{
    private readonly CommandQueue _queue = new();
    private CommandEntry _entry = null!;

    [Params(0, 1000, 1_000_000)]
    public int Waiting { get; set; }

    [Params(0, 5)]
    public int Priority { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var kind = new CommandKind("none");
        var epoch = new DataEpoch(0);
        for (var i = 0; i < Waiting; i++)
        {
            _queue.Add(new CommandEntry(i, kind, [], null, null, null, epoch, 0));
        }

        _entry = new CommandEntry(-1, kind, [], null, null, Priority == 0 ? null : new CommandOptions { Priority = Priority }, epoch, 0);
    }

    /// <summary>Puts one in and takes the next one out; that one goes in the next time, so that as many wait as before.</summary>
    [Benchmark]
    public void PutAndTake()
    {
        _queue.Add(_entry);
        _entry = _queue.Peek()!;
        _queue.Take();
    }
}
