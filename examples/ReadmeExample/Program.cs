using System;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;

// Estimates pi: throws darts at a square and counts those inside the circle, in 64 independent commands.
return HpcProgram.Run(args, processor =>
{
    const int commands = 64;
    const int darts = 100_000;
    long inside = 0;
    for (var i = 0; i < commands; i++)
    {
        processor.AddToQueue(new ThrowDarts(darts), hits => inside += hits);    // a copy leaves; the value comes home
    }

    processor.RunQueue();                                                       // blocks; the lambdas above run here, on this thread
    Console.WriteLine(FormattableString.Invariant($"pi is about {4.0 * inside / ((long)commands * darts):F4}"));
    return 0;                                                                   // becomes the exit code, on every fabric
});

internal sealed class ThrowDarts(int darts) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        var hits = 0;
        for (var i = 0; i < darts; i++)
        {
            var (x, y) = (slave.Random.NextDouble(), slave.Random.NextDouble()); // the same on every fabric, for any number of slaves
            hits += (x * x) + (y * y) <= 1 ? 1 : 0;
        }

        return hits;
    }
}
