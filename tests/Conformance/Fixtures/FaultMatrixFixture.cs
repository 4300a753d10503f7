using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>The fault matrix, as far as a fault leaves the process alive: each has its outcome, and the processor goes on.</summary>
public abstract class FaultMatrixFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_command_throws()
    {
        var processor = Open();
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new ThrowCommand("boom")))!;
        Assert.That((failure.RemoteType, failure.RemoteMessage), Is.EqualTo((typeof(InvalidOperationException).FullName, "boom")));
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_throws_an_exception_that_cannot_be_serialised()
    {
        var processor = Open();
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new ThrowUnserialisableCommand("holds a handle")))!;
        Assert.That((failure.RemoteType, failure.RemoteMessage), Is.EqualTo((typeof(HandleException).FullName, "holds a handle")));
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_returns_something_that_cannot_be_serialised()
    {
        var processor = Open();
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new ReturnUnserialisableCommand()))!;
        Assert.That(failure.Message, Does.Contain("Readings").And.Contains(nameof(MemoryStream)));
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_sends_a_result_that_cannot_be_serialised()
    {
        var processor = Open();
        var memo = new NoteMemo();
        processor.AddToQueue(new SendUnserialisableCommand(), memo);
        var failure = Assert.Throws<SlaveCommandException>(() => processor.RunQueue())!;
        Assert.That(failure.Message, Does.Contain("Readings"));
        Assert.That(memo.Notes, Is.Empty);
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_loops_for_ever_but_heeds_its_token()
    {
        var processor = Open();
        Assert.Throws<CommandTimeoutException>(() => processor.Execute(new UntilCancelledCommand(), new CommandOptions { Timeout = TimeSpan.FromMilliseconds(100) }));
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_loops_and_heeds_nothing()
    {
        var processor = Open(1, new ProcessorOptions { Grace = TimeSpan.FromMilliseconds(100) });
        var endless = (Traits.ReplacesSlaves && !Traits.InLine) || Fabric.LosesStuckSlaves;
        var options = new CommandOptions { Timeout = TimeSpan.FromMilliseconds(100) };
        Assert.Throws<CommandTimeoutException>(() => processor.Execute(new StubbornCommand(Folder, endless ? 15_000 : 500, Signal("release")), options));
        Give("release"); // A rank whose slave is lost is waited for.
        AssertUsableOrWithoutSlave(processor);
        WaitUntil(() => !GivenUpCommandsGoOn || Directory.GetFiles(Folder, "released-*").Length == 1, "The end of the loop");
    }

    [Promise]
    public void A_command_floods_standard_output()
    {
        var processor = Open(1, new ProcessorOptions { ShowOutput = false });
        var command = processor.AddToQueue(new FloodCommand(10_000_000));
        processor.RunQueue();
        Assert.That((command.Status, command.Output.OutLength), Is.EqualTo((CommandStatus.Done, 10_000_000L)));
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_writes_half_a_line_and_throws()
    {
        var processor = Open();
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new PrintAndThrowCommand("half a li", "and half an err", "died")))!;
        Assert.That((failure.Command.Output.Out, failure.ErrorTail), Is.EqualTo(("half a li", "and half an err")));
        AssertUsable(processor);
        Assert.That(ShownOut.Text, Does.StartWith("half a li"));
    }

    [Promise]
    public void A_result_handler_throws_on_the_master()
    {
        var processor = Open(2);
        var handled = new List<int>();
        for (var i = 0; i < 50; i++)
        {
            processor.AddToQueue(new EchoCommand(i), value =>
            {
                handled.Add(value);
                throw new FormatException("the handler is broken");
            });
        }

        Assert.That(Assert.Throws<FormatException>(() => processor.RunQueue())!.Message, Is.EqualTo("the handler is broken"));
        AssertUsable(processor);
        Assert.That(handled.Distinct().Count(), Is.EqualTo(handled.Count));
    }

    [Promise]
    public void A_result_command_throws_on_the_master()
    {
        var processor = Open(1);
        processor.AddToQueue(new NotesCommand("n", 1));
        Assert.Throws<NullReferenceException>(() => processor.RunQueue());
        AssertUsable(processor);
    }

    [Promise]
    public void A_result_handler_throws_while_all_failures_are_gathered()
    {
        var processor = Open(1, new ProcessorOptions { ErrorPolicy = ErrorPolicy.Continue });
        processor.AddToQueue(new EchoCommand(1), _ => throw new FormatException("the handler is broken"));
        var exception = Assert.Catch(() => processor.RunQueue())!;
        Assert.That((exception as AggregateException)?.InnerExceptions.OfType<FormatException>().Any() ?? exception is FormatException, Is.True);
        AssertUsable(processor);
    }

    [Promise]
    public void A_thousand_faults_in_a_row_leave_the_processor_usable()
    {
        var processor = Open(2, new ProcessorOptions { ErrorPolicy = ErrorPolicy.Continue, ShowOutput = false });
        for (var i = 0; i < 1000; i++)
        {
            processor.AddToQueue(i % 2 == 0 ? new PrintAndThrowCommand("o", "e", "x") : new ReturnUnserialisableCommand());
        }

        Assert.That(Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions, Has.Count.EqualTo(1000));
        AssertUsable(processor);
    }
}
