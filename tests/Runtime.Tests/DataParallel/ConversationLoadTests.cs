using System;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.DataParallel;

/// <summary>Conversations in which much is said.</summary>
[NonParallelizable]
public sealed class ConversationLoadTests
{
    private const int Count = 10_000;
    private const int Size = 64 * 1024;
    private const int Window = 64;
    private const long MostMemory = 64L << 20; // 640 MB go each way; a window is 4 MB.

    [TestCase("thread")]
    [TestCase("process")]
    public void Both_ends_sending_and_receiving_ten_thousand_times_64_kB_neither_block_nor_lose_in_bounded_memory(string fabric)
    {
        using var processor = Processor.Load(fabric, slaves: 1);
        using var talk = processor.Converse<byte[], byte[]>(Converse);
        var before = GC.GetTotalMemory(true);
        var sending = Task.Run(() => SendAll(block => talk.SendAsync(block, Window)));
        var most = ReceiveAll(() => talk.Receive(TimeSpan.FromSeconds(60)));
        Assert.That(sending.Wait(TimeSpan.FromSeconds(60)), Is.True);
        var atSlave = BitConverter.ToInt64(talk.Receive(TimeSpan.FromSeconds(60)));
        talk.Wait();
        Assert.That(most - before, Is.LessThan(MostMemory));
        Assert.That(atSlave, Is.LessThan(MostMemory + (fabric == "thread" ? before : 0)), "There the two ends share one heap.");
    }

    private static async Task Converse(CommandChannel<byte[], byte[]> channel)
    {
        var sending = Task.Run(() => SendAll(block => channel.SendAsync(block, Window)));
        var most = ReceiveAll(channel.Receive);
        await sending;
        channel.Send(BitConverter.GetBytes(most));
    }

    private static async Task SendAll(Func<byte[], Task> send)
    {
        var block = new byte[Size];
        for (var i = 0; i < Count; i++)
        {
            BitConverter.TryWriteBytes(block, i);
            BitConverter.TryWriteBytes(block.AsSpan(Size - 4), ~i);
            await send(block);
        }
    }

    /// <summary>Receives all, in order; the most memory that was in use.</summary>
    private static long ReceiveAll(Func<byte[]> receive)
    {
        var most = 0L;
        for (var i = 0; i < Count; i++)
        {
            var block = receive();
            if (block.Length != Size || BitConverter.ToInt32(block) != i || BitConverter.ToInt32(block, Size - 4) != ~i)
            {
                throw new InvalidOperationException($"Message {i} is another, or not whole.");
            }

            most = i % (Count / 10) == 0 ? Math.Max(most, GC.GetTotalMemory(true)) : most;
        }

        return most;
    }
}
