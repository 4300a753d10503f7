using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Streams and conversations: commands that speak while they run.</summary>
public abstract class ConversationFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_stream_brings_its_values_in_order() => Assert.That(Open(1).Stream(slave => Count(1000, slave)), Is.EqualTo(Enumerable.Range(0, 1000)));

    [Promise]
    public void A_stream_comes_value_by_value()
    {
        var go = Signal("go");
        using var values = Open(1).Stream(slave => Gated(go, slave)).GetEnumerator();
        Assert.That(values.MoveNext(), Is.True);
        Assert.That(values.Current, Is.EqualTo(1), "The first comes while the second is held back.");
        Give("go");
        Assert.That(values.MoveNext(), Is.True);
        Assert.That((values.Current, values.MoveNext()), Is.EqualTo((2, false)));
    }

    [Promise]
    public void A_stream_may_be_awaited()
    {
        var sum = SumAsync(Open(1).Stream(slave => Count(300, slave)));
        WaitFor(sum, "The stream");
        Assert.That(sum.Result, Is.EqualTo(44_850));
    }

    [Promise]
    public void A_stream_waits_for_its_consumer()
    {
        var made = Signal("made");
        using var values = Open(1).Stream(slave => Noted(made, slave)).GetEnumerator();
        Assert.That(values.MoveNext(), Is.True);
        WaitUntil(() => File.Exists(made) && new FileInfo(made).Length >= 200, "The window fills");
        Pause.For(100);
        Assert.That(new FileInfo(made).Length, Is.LessThanOrEqualTo(300), "One byte for each value made.");
    }

    [Promise]
    public void Leaving_a_stream_cancels_its_command()
    {
        var processor = Open(1);
        Assert.That(processor.Stream(slave => Count(int.MaxValue, slave)).Take(5), Is.EqualTo(Enumerable.Range(0, 5)));
        AssertUsable(processor);
    }

    [Promise]
    public void A_stream_that_fails_brings_what_came_before()
    {
        var seen = new List<int>();
        var failure = Assert.Throws<SlaveCommandException>(() =>
        {
            foreach (var value in Open(1).Stream(FailAfterThree))
            {
                seen.Add(value);
            }
        });
        Assert.That(seen, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(failure!.RemoteMessage, Is.EqualTo("dry"));
    }

    [Promise]
    public void A_stream_may_be_run_again()
    {
        var stream = Open(1).Stream(slave => Count(10, slave));
        Assert.That(stream.Concat(stream).Sum(), Is.EqualTo(90));
    }

    [Promise(Seconds = 60)]
    [EndsSlaves]
    public void A_stream_whose_slave_dies_brings_what_was_sent_and_says_so()
    {
        if (Traits.SharedMemory)
        {
            Assert.That(Open(1).Stream(slave => Count(3, slave)).Count(), Is.EqualTo(3), "Nothing dies here.");
            return;
        }

        var seen = 0;
        var heard = Fabric.SendsOutliveSlave ? null : Signal("heard");
        Assert.Throws<SlaveLostException>(() =>
        {
            foreach (var value in Open(1).Stream(slave => DieAfterHundred(heard)))
            {
                Assert.That(value, Is.EqualTo(seen++));
                if (seen == 100)
                {
                    Give("heard");
                }
            }
        });
        Assert.That(seen, Is.EqualTo(100));
    }

    [Promise]
    public void A_conversation_goes_to_and_fro()
    {
        using var talk = Open(1).Converse<int, int>(Increment);
        for (var i = 0; i < 200; i++)
        {
            talk.Send(i);
            Assert.That(talk.Receive(Patience), Is.EqualTo(i + 1));
        }

        talk.Close();
        talk.Wait();
        Assert.That(talk.Command.Status, Is.EqualTo(CommandStatus.Done));
    }

    [Promise]
    public void An_asynchronous_conversation_goes_to_and_fro()
    {
        using var talk = Open(1).Converse<int, int>(IncrementAsync);
        var transcript = CountDownAsync(talk);
        WaitFor(transcript, "The conversation");
        Assert.That(transcript.Result, Is.EqualTo("20 21 19 20 18 19 17 18 16 17 15 16 14 15 13 14 12 13 11 12 10 11 9 10 8 9 7 8 6 7 5 6 4 5 3 4 2 3 1 2 "));
    }

    [Promise]
    public void What_is_said_before_the_command_begins_is_heard()
    {
        var processor = Open(1);
        var busy = processor.Submit(new AwaitSignalCommand(Signal("go")));
        using var talk = processor.Converse<int, int>(Increment);
        talk.Send(1);
        talk.Send(2);
        Give("go");
        WaitFor(busy, "The first command");
        Assert.That((talk.Receive(Patience), talk.Receive(Patience)), Is.EqualTo((2, 3)));
    }

    [Promise]
    public void The_commands_end_of_a_conversation_tells()
    {
        using var talk = Open(1).Converse<int, string>(SayAndLeave);
        Assert.That(talk.Receive(Patience), Is.EqualTo("bye"));
        Assert.Throws<ChannelClosedException>(() => talk.Receive(Patience));
    }

    [Promise]
    public void A_closed_end_sends_nothing_more()
    {
        using var talk = Open(1).Converse<int, int>(Increment);
        talk.Close();
        Assert.Throws<ChannelClosedException>(() => talk.Send(1));
        talk.Wait();
    }

    [Promise]
    public void A_failed_conversation_says_how_after_what_it_said()
    {
        using var talk = Open(1).Converse<int, string>(SayAndFail);
        Assert.That(talk.Receive(Patience), Is.EqualTo("last words"));
        Assert.That(Assert.Throws<SlaveCommandException>(() => talk.Receive(Patience))!.RemoteMessage, Is.EqualTo("mute"));
    }

    [Promise]
    public void Silence_is_waited_for_no_longer_than_asked()
    {
        var processor = Open(1);
        var talk = processor.Converse<int, int>(Increment);
        Assert.Throws<TimeoutException>(() => talk.Receive(TimeSpan.FromMilliseconds(100)));
        talk.Send(4);
        Assert.That(talk.Receive(Patience), Is.EqualTo(5), "The conversation goes on.");
        talk.Dispose();
        AssertUsable(processor);
    }

    [Promise]
    public void Leaving_a_conversation_cancels_its_command()
    {
        var processor = Open(1);
        var talk = processor.Converse<int, int>(Increment);
        talk.Send(1);
        talk.Receive(Patience);
        talk.Dispose();
        WaitUntil(() => talk.HasEnded, "The end");
        Assert.That(talk.Command.Status, Is.EqualTo(CommandStatus.Cancelled));
        AssertUsable(processor);
    }

    [Promise(Seconds = 120)]
    public void Both_ends_sending_at_once_neither_block_nor_lose()
    {
        using var talk = Open(1).Converse<byte[], byte[]>(SendThenReceive);
        var block = new byte[64 * 1024];
        for (var i = 0; i < 2000; i++)
        {
            block[0] = (byte)i;
            talk.Send(block);
        }

        for (var i = 0; i < 2000; i++)
        {
            var received = talk.Receive(Patience);
            Assert.That((received.Length, received[0]), Is.EqualTo((64 * 1024, (byte)(i + 1))));
        }

        Assert.That(BitConverter.ToInt64(talk.Receive(Patience)), Is.EqualTo(Enumerable.Range(0, 2000).Sum(i => (long)(byte)i)), "All that was sent arrived, in order.");
    }

    [Promise]
    public void A_command_that_sends_with_a_window_waits_for_its_receiver()
    {
        var made = Signal("made");
        using var talk = Open(1).Converse<int, int>(channel => SendWithin(made, channel));
        WaitUntil(() => File.Exists(made) && new FileInfo(made).Length == 10, "The window fills");
        Pause.For(50);
        Assert.That(new FileInfo(made).Length, Is.EqualTo(10), "One byte for each value sent.");
        Assert.That(Enumerable.Range(0, 100).Select(_ => talk.Receive(Patience)), Is.EqualTo(Enumerable.Range(0, 100)));
        talk.Wait();
    }

    [Promise]
    public void A_master_that_sends_with_a_window_waits_for_the_command()
    {
        var go = Signal("go");
        using var talk = Open(1).Converse<int, int>(channel => ReceiveWhenTold(go, channel));
        talk.Send(-1); // Sent before anything is counted.
        Assert.That(talk.Receive(Patience), Is.EqualTo(-1));
        var sent = Enumerable.Range(0, 5).Select(i => talk.SendAsync(i, 4)).ToArray();
        Assert.That(sent.Select(task => task.IsCompletedSuccessfully), Is.EqualTo(new[] { true, true, true, true, false }));
        talk.Send(5); // Sending without a window never waits.
        Give("go");
        WaitFor(Task.WhenAll(sent), "The last");
        Assert.That(Enumerable.Range(0, 6).Select(_ => talk.Receive(Patience)).Order(), Is.EqualTo(Enumerable.Range(0, 6)));
    }

    [Promise]
    public void Waiting_to_send_ends_with_the_command_or_its_token()
    {
        using var talk = Open(1).Converse<int, string>(SayAndFail);
        Assert.That(talk.Receive(Patience), Is.EqualTo("last words"));
        WaitUntil(() => talk.HasEnded, "The end");
        FailureOf<SlaveCommandException>(talk.SendAsync(1, 1));
        using var patient = Open(1).Converse<int, int>(Increment);
        using var source = new CancellationTokenSource();
        var go = patient.SendAsync(1, 1);
        var waiting = Enumerable.Range(0, 200).Select(i => patient.SendAsync(i, 1, source.Token)).ToArray();
        source.Cancel();
        WaitFor(Task.WhenAll(waiting.Append(go)), "All of them");
        Assert.Throws<ArgumentOutOfRangeException>(() => patient.SendAsync(1, 0).GetAwaiter().GetResult());
    }

    [Promise]
    public void What_cannot_travel_is_refused_where_it_is_sent()
    {
        using var talk = Open(1).Converse<Instrument, object>(Refused);
        Assert.That(Assert.Throws<WireTypeException>(() => talk.Send(new Instrument { Readings = new MemoryStream() }))!.Message, Does.Contain("Readings"));
        talk.Send(new Instrument { Name = "lamp" });
        Assert.That(talk.Receive(Patience), Is.EqualTo("lamp refused"));
    }

    [Promise]
    public void Whoever_speaks_next_is_heard()
    {
        using var talks = new Conversations<int, int>(Open(Fabric.RunsAtOnce ? 3 : 1));
        for (var i = 0; i < 3; i++)
        {
            talks.Start(Twice).Send(i);
        }

        var heard = new List<int>();
        while (talks.TryReceive(Patience, out _, out var value))
        {
            heard.Add(value);
        }

        Assert.That(heard.Order(), Is.EqualTo(new[] { 0, 1, 2, 10, 11, 12 }));
        Assert.That((talks.Unfinished, talks.Busy), Is.EqualTo((0, false)));
    }

    [Promise]
    public void Nobody_speaks_within_the_deadline()
    {
        using var talks = new Conversations<int, int>(Open(1));
        talks.Start(Increment);
        var took = TimeOf(() => Assert.That(talks.TryReceive(TimeSpan.FromMilliseconds(150), out _, out _), Is.False));
        Assert.That(took.TotalMilliseconds, Is.GreaterThan(100));
        Assert.That((talks.Unfinished, talks.Busy), Is.EqualTo((1, true)));
    }

    [Promise]
    public void One_failed_speaker_is_told_and_the_others_go_on()
    {
        using var talks = new Conversations<int, string>(Open(1));
        talks.Start(SayAndFail);
        talks.Start(SayAndLeave);
        var heard = new List<string>();
        var failures = 0;
        for (var more = true; more;)
        {
            try
            {
                more = talks.TryReceive(Patience, out _, out var value);
                heard.Add(value!);
            }
            catch (SlaveCommandException)
            {
                failures++;
            }
        }

        Assert.That(failures, Is.EqualTo(1));
        Assert.That(heard, Does.Contain("last words").And.Contain("bye"));
    }

    private static async IAsyncEnumerable<int> Count(int count, ISlaveContext slave, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 100 == 7)
            {
                await Task.Yield();
            }

            slave.Cancellation.ThrowIfCancellationRequested();
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> Gated(string go, ISlaveContext slave)
    {
        yield return 1;
        await Task.Yield();
        Pause.Until(() => File.Exists(go), 15_000, slave.Cancellation);
        yield return 2;
    }

    private static async IAsyncEnumerable<int> Noted(string made, ISlaveContext slave)
    {
        for (var i = 0; !slave.Cancellation.IsCancellationRequested; i++)
        {
            await File.AppendAllTextAsync(made, "x", CancellationToken.None);
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> FailAfterThree(ISlaveContext slave)
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return i;
        }

        throw new FormatException("dry");
    }

    /// <summary>Dies once a hundred values were sent, or heard as well where a file tells of that.</summary>
    private static async IAsyncEnumerable<int> DieAfterHundred(string? heard)
    {
        for (var i = 0; i < 100; i++)
        {
            yield return i;
        }

        await Task.Yield();
        if (heard is not null && !Pause.Until(() => File.Exists(heard), 15_000))
        {
            yield break;
        }

        Environment.FailFast("gone");
    }

    private static async Task<int> SumAsync(LazyResults<int> values)
    {
        var sum = 0;
        await foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    private static Task Increment(CommandChannel<int, int> channel)
    {
        try
        {
            while (true)
            {
                channel.Send(channel.Receive() + 1);
            }
        }
        catch (ChannelClosedException)
        {
            // The master has heard enough.
            return Task.CompletedTask;
        }
    }

    private static async Task IncrementAsync(CommandChannel<int, int> channel)
    {
        for (var i = 0; i < 20; i++)
        {
            await channel.SendAsync(await channel.ReceiveAsync() + 1);
        }
    }

    private static async Task<string> CountDownAsync(Conversation<int, int> talk)
    {
        var transcript = string.Empty;
        for (var i = 20; i > 0; i--)
        {
            await talk.SendAsync(i);
            transcript += $"{i} {await talk.ReceiveAsync()} ";
        }

        return transcript;
    }

    private static Task SayAndLeave(CommandChannel<int, string> channel)
    {
        channel.Send("bye");
        channel.Close();
        return Task.CompletedTask;
    }

    private static Task SayAndFail(CommandChannel<int, string> channel)
    {
        channel.Send("last words");
        throw new FormatException("mute");
    }

    private static Task Twice(CommandChannel<int, int> channel)
    {
        var value = channel.Receive();
        channel.Send(value);
        channel.Send(value + 10);
        return Task.CompletedTask;
    }

    private static Task SendThenReceive(CommandChannel<byte[], byte[]> channel)
    {
        var block = new byte[64 * 1024];
        for (var i = 0; i < 2000; i++)
        {
            block[0] = (byte)(i + 1);
            channel.Send(block);
        }

        var sum = 0L;
        for (var i = 0; i < 2000; i++)
        {
            var received = channel.Receive();
            sum += received[0] == (byte)i ? received[0] : 1_000_000;
        }

        channel.Send(BitConverter.GetBytes(sum));
        return Task.CompletedTask;
    }

    private static async Task SendWithin(string made, CommandChannel<int, int> channel)
    {
        for (var i = 0; i < 100; i++)
        {
            await channel.SendAsync(i, 10);
            await File.AppendAllTextAsync(made, "x", CancellationToken.None);
        }
    }

    private static Task ReceiveWhenTold(string go, CommandChannel<int, int> channel)
    {
        channel.Send(channel.Receive());
        Pause.Until(() => File.Exists(go), 15_000, channel.Slave.Cancellation);
        for (var i = 0; i < 6; i++)
        {
            channel.Send(channel.Receive());
        }

        return Task.CompletedTask;
    }

    private static Task Refused(CommandChannel<Instrument, object> channel)
    {
        var name = channel.Receive().Name;
        try
        {
            channel.Send(new Instrument { Readings = new MemoryStream() });
        }
        catch (WireTypeException refusal)
        {
            name += refusal.Message.Contains("Readings", StringComparison.Ordinal) ? " refused" : " lost";
        }

        channel.Send(name);
        return Task.CompletedTask;
    }
}
