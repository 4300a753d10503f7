using System;
using System.IO;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Loop;

/// <summary>Two conversations. A conversation whose slave is lost is begun anew where it stopped: all that there is to know is the next number, and the master knows it.</summary>
internal static class Talks
{
    /// <summary>Sends 0 to <paramref name="count"/> and prints the answers.</summary>
    internal static void CountUp(Processor processor, int count, TimeSpan delay, TextWriter output)
    {
        var next = 0;
        Talk<int, string>(processor, channel => AnswerAsync(channel, count, delay), talk =>
        {
            while (next <= count)
            {
                talk.Send(next);
                output.WriteLine(talk.Receive());
                next++;
            }
        });
    }

    /// <summary>A command says a number, the master the number below it, the command the one below that, down to 0.</summary>
    internal static void CountDown(Processor processor, int from, TimeSpan delay, TextWriter output)
    {
        var next = from;
        Talk<int, int>(processor, channel => CountDownAsync(channel, next, delay), talk =>
        {
            while (next >= 0)
            {
                var heard = talk.Receive();
                output.WriteLine($"the slave says {heard}");
                if (heard > 0)
                {
                    output.WriteLine($"the master says {heard - 1}");
                    talk.Send(heard - 1);
                }

                next = heard - 2;
            }
        });
    }

    private static async Task AnswerAsync(CommandChannel<int, string> channel, int last, TimeSpan delay)
    {
        for (var number = -1; number < last;)
        {
            number = await channel.ReceiveAsync();
            await Task.Delay(delay);
            channel.Send(number < last ? $"{number}" : "Done");
        }
    }

    private static async Task CountDownAsync(CommandChannel<int, int> channel, int from, TimeSpan delay)
    {
        for (var number = from; number >= 0; number = number > 0 ? await channel.ReceiveAsync() - 1 : -1)
        {
            await Task.Delay(delay);
            channel.Send(number);
        }
    }

    /// <summary>Holds a conversation to its end, with as many slaves as attempts are allowed.</summary>
    private static void Talk<TSend, TReceive>(Processor processor, Func<CommandChannel<TSend, TReceive>, Task> slaveEnd, Action<Conversation<TSend, TReceive>> masterEnd)
    {
        var isOver = false;
        for (var attempt = 1; !isOver; attempt++)
        {
            using var talk = processor.Converse(slaveEnd);
            try
            {
                masterEnd(talk);
                isOver = true;
                talk.Wait();
            }
            catch (SlaveLostException) when (isOver || attempt < processor.Options.MaxAttempts)
            {
                // The next one goes on, unless everything had been said.
            }
        }
    }
}
