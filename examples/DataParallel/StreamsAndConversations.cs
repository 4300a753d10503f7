using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>Commands that speak while they run.</summary>
internal static class StreamsAndConversations
{
    internal static int Run(Processor processor)
    {
        foreach (var energy in processor.Stream(Anneal).Take(4))                    // each value as soon as it is there
        {
            Console.WriteLine(FormattableString.Invariant($"energy {energy:F3}"));
        }

        using var talk = processor.Converse<int, string>(Answer);
        talk.Send(20);
        talk.Send(22);
        Console.WriteLine($"{talk.Receive()}, {talk.Receive()}");
        talk.Close();
        talk.Wait();

        using var talks = new Conversations<int, int>(processor);
        foreach (var start in new[] { 1, 2, 3 })
        {
            talks.Start(DoubleOnce).Send(start);
        }

        var sum = 0;
        while (talks.TryReceive(TimeSpan.FromSeconds(10), out _, out var value))    // whoever speaks next
        {
            sum += value;
        }

        Console.WriteLine(sum);
        return 0;
    }

    private static async IAsyncEnumerable<double> Anneal(ISlaveContext slave)
    {
        for (var temperature = 1.0; ; temperature /= 2)
        {
            await Task.Yield();
            yield return temperature;
        }
    }

    private static async Task Answer(CommandChannel<int, string> channel)
    {
        for (var i = 0; i < 2; i++)
        {
            channel.Send($"{await channel.ReceiveAsync() + 1}");
        }
    }

    private static Task DoubleOnce(CommandChannel<int, int> channel)
    {
        channel.Send(2 * channel.Receive());
        return Task.CompletedTask;
    }
}
