using System.IO;
using HpcRuntime.Examples.ParallelIdioms.Arguments;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Loop;

/// <summary>A command and the master talk while the command runs.</summary>
[Application("loop", "Sends numbers to a running command one by one; it answers each, and says when it has had enough.")]
public sealed class LoopApplication : ExampleApplication
{
    private static readonly ArgumentReader Reader = new("loop", "[options]: the master sends 0, 1, 2 and so on to a command, which answers each and says Done to the last.");

    /// <inheritdoc/>
    internal override int Run(Processor processor, string[] args, TextReader input, TextWriter output)
    {
        if (Reader.Read<LoopOptions>(args, output) is not { } options)
        {
            return 0;
        }

        var count = Reader.Whole("--count", options.Count, 0, 1_000_000);
        var delay = Reader.TimeOrZero("--delay", options.Delay);
        if (options.Countdown)
        {
            Talks.CountDown(processor, count, delay, output);
        }
        else
        {
            Talks.CountUp(processor, count, delay, output);
        }

        return 0;
    }
}
