using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>Words between a running command and the master, and commands that are held back: the seams that the floor above stands on.</summary>
public sealed class WordTests
{
    [TestCase("uni")]
    [TestCase("thread")]
    [TestCase("process")]
    public void A_word_is_heard_and_answered_while_the_command_runs(string fabric)
    {
        using var processor = Processor.Load(fabric, slaves: 1);
        var task = processor.Submit(new AskCommand(20));
        Assert.That(task.Wait(20_000), Is.True);
        Assert.That(task.Result, Is.EqualTo(41));
    }

    [Test]
    public void A_word_for_a_command_that_has_ended_is_dropped()
    {
        using var processor = Processor.Load("thread", slaves: 1);
        var task = processor.Submit(new EchoCommand(1));
        Assert.That(task.Wait(20_000), Is.True);
        processor.Tell(((FutureCompletion)task.AsyncState!).Entry!, new Answer(1));
        Assert.That(processor.Execute(new EchoCommand(2)), Is.EqualTo(2));
    }

    [Test]
    public void A_word_that_cannot_travel_is_refused_where_it_is_said()
    {
        using var processor = Processor.Load("thread", slaves: 1);
        Assert.That(Assert.Throws<SlaveCommandException>(() => processor.Execute(new SayCommand()))!.RemoteType, Is.EqualTo(typeof(WireTypeException).FullName));
        Assert.That(processor.Execute(new EchoCommand(2)), Is.EqualTo(2));
    }

    [Test]
    public void The_going_of_a_slave_is_told()
    {
        using var processor = Processor.Load("thread", slaves: 2);
        processor.Execute(new EchoCommand(1));
        var gone = new List<int>();
        processor.SlaveLeft += gone.Add;
        processor.Resize(1);
        Assert.That(SpinWait.SpinUntil(() => gone.Count > 0, 10_000), Is.True);
        Assert.That(gone, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void A_held_command_runs_when_it_is_released()
    {
        using var processor = Processor.Load("thread", slaves: 1);
        var completion = new FutureCompletion<int>(processor, Processor.ValueOf<int>, false);
        var future = processor.Hold(new EchoCommand(5), null, completion, default);
        processor.Execute(new EchoCommand(1));
        Assert.That(future.IsCompleted, Is.False);
        processor.Release(completion.Entry!);
        Assert.That(future.Wait(20_000) ? future.Result : -1, Is.EqualTo(5));
    }

    [Test]
    public void A_held_command_is_ended_with_its_error_and_counted()
    {
        using var processor = Processor.Load("thread", slaves: 1);
        var completion = new FutureCompletion<int>(processor, Processor.ValueOf<int>, false);
        var future = processor.Hold(new EchoCommand(5), null, completion, default);
        processor.EndHeld(completion.Entry!, CommandStatus.Failed, new UsageException("no"));
        Assert.Throws<UsageException>(() => future.GetAwaiter().GetResult());
        Assert.That(processor.Statistics.Failed, Is.EqualTo(1));
        processor.Release(completion.Entry!);
        Assert.That(processor.Execute(new EchoCommand(6)), Is.EqualTo(6), "Too late: it is passed over.");
    }

    [Test]
    public void Closing_cancels_held_commands()
    {
        Task<int> future;
        using (var processor = Processor.Load("thread", slaves: 1))
        {
            future = processor.Hold(new EchoCommand(5), null, new FutureCompletion<int>(processor, Processor.ValueOf<int>, false), default);
        }

        Assert.Catch<System.OperationCanceledException>(() => future.GetAwaiter().GetResult());
    }

    private sealed class AskCommand(int value) : SlaveCommand<int>
    {
        public override int Run(ISlaveContext slave)
        {
            var context = (SlaveContext)slave;
            context.Slave.Say(context, new Question(value));
            var pulse = new object();
            context.Slave.WaitInCommand(context, pulse, () => context.Attachment is not null);
            return (int)context.Attachment! + 1;
        }
    }

    private sealed class SayCommand : SlaveCommand<int>
    {
        public override int Run(ISlaveContext slave)
        {
            var context = (SlaveContext)slave;
            context.Slave.Say(context, new Question(1) { Stream = new System.IO.MemoryStream() });
            return 0;
        }
    }

    private sealed class Question(int value) : CommandWord
    {
        internal System.IO.Stream? Stream { get; init; }

        internal override void Arrive(Processor processor, CommandEntry entry) => processor.Tell(entry, new Answer(2 * value));
    }

    private sealed class Answer(int value) : MasterWord
    {
        internal override void Arrive(SlaveContext slave) => slave.Attachment = value;
    }
}
