using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance.Run;

/// <summary>The seven steps of relax's overview, walked literally: choose a fabric by name, make a callback, load the processor, run it,
/// have the master initialised, queue commands and run the queue, take results and output.</summary>
public sealed class SevenStepsTests
{
    [Promise]
    public void Seven_steps_lead_from_a_name_to_results()
    {
        // 1. Choose a fabric by its name.
        const string name = "thread";

        // 2. Make the callback: the program that runs on the master, and what takes an exception it lets through.
        var master = new Master();
        var callback = new ApplicationCallback(master);

        // 3. Load the processor by that name, with a number of slaves.
        using var shown = new CollectingStream();
        using var processor = Processor.Load(name, callback, slaves: 2, new ProcessorOptions { StandardOutput = shown });
        master.Processor = processor;

        // 4. Run it. 5. It calls the master's program. 6. That queues commands and runs the queue. 7. Results are applied, output is shown.
        Assert.That(processor.Run(), Is.EqualTo(3));
        Assert.That(master.Squares.Order(), Is.EqualTo(new[] { 0, 1, 4, 9, 16 }));
        Assert.That(shown.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(), Is.EqualTo(Enumerable.Range(0, 5).Select(i => $"squaring {i}")));
    }

    [Promise]
    public void The_program_is_handed_the_processor()
    {
        Processor? handed = null;
        using var processor = Processor.Load("thread", new ApplicationCallback(p => { handed = p; return 0; }), slaves: 1);
        Assert.That((processor.Run(), handed), Is.EqualTo((0, processor)));
    }

    [Promise]
    [TestCase("uni")]
    [TestCase("thread")]
    public void The_code_of_the_program_is_the_code_of_the_run(string name)
    {
        using var processor = Processor.Load(name, new ApplicationCallback(_ => 42), slaves: 1);
        Assert.That(processor.Run(), Is.EqualTo(42));
    }

    [Promise]
    [TestCase("uni")]
    [TestCase("thread")]
    public void An_exception_of_the_program_goes_to_its_handler_and_ends_non_zero(string name)
    {
        Exception? handled = null;
        var callback = new ApplicationCallback(_ => throw new FormatException("bad input"), (_, exception) => handled = exception);
        using var processor = Processor.Load(name, callback, slaves: 1);
        Assert.That((processor.Run(), handled!.Message), Is.EqualTo((1, "bad input")));
    }

    [Promise]
    public void An_exception_without_a_handler_is_reported_once_and_ends_non_zero()
    {
        using var errors = new CollectingStream();
        using var processor = Processor.Load("thread", new ApplicationCallback(_ => throw new FormatException("bad input")), slaves: 1, new ProcessorOptions { StandardError = errors });
        var before = Console.Error;
        using var console = new System.IO.StringWriter();
        Console.SetError(console);
        try
        {
            Assert.That(processor.Run(), Is.EqualTo(1));
        }
        finally
        {
            Console.SetError(before);
        }

        var reported = errors.Text + console;
        Assert.That(reported.Split("bad input"), Has.Length.EqualTo(2), reported);
    }

    [Promise]
    public void A_command_that_failed_unhandled_ends_with_1()
    {
        using var errors = new CollectingStream();
        using var processor = Processor.Load(
            "thread",
            new ApplicationCallback(
                p =>
                {
                    p.AddToQueue(new ThrowCommand("no"));
                    p.RunQueue();
                    return 0;
                },
                (_, _) => { }),
            slaves: 1,
            new ProcessorOptions { StandardError = errors });
        Assert.That(processor.Run(), Is.EqualTo(1));
    }

    [Promise]
    public void The_parts_of_a_callback_can_be_set_afterwards()
    {
        var callback = new ApplicationCallback(_ => 1) { InitMaster = _ => 2 };
        using var processor = Processor.Load("uni", callback, slaves: 1);
        Assert.That(processor.Run(), Is.EqualTo(2));
    }

    [Promise]
    public void An_unknown_name_lists_the_known_ones()
    {
        var failure = Assert.Catch(() => Processor.Load("nosuch", slaves: 1))!;
        Assert.That(failure.Message, Does.Contain("nosuch").And.Contains("uni").And.Contains("thread"));
    }

    private sealed class Master : IMasterProgram
    {
        public Processor? Processor { get; set; }

        public List<int> Squares { get; } = [];

        public int Run()
        {
            for (var i = 0; i < 5; i++)
            {
                Processor!.AddToQueue(new SquareCommand(i), new SquareMemo(this));
            }

            Processor!.RunQueue();
            return 3;
        }
    }

    private sealed class SquareMemo(Master master) : Memo
    {
        public void Add(int square) => master.Squares.Add(square);
    }

    private sealed class SquareCommand(int number) : SlaveCommand
    {
        public override void Run(ISlaveContext slave)
        {
            Console.Write($"squaring {number}\n");
            slave.ReturnResult(new SquareResult(number * number));
        }
    }

    private sealed class SquareResult(int square) : ResultCommand
    {
        public override void Run(IMaster master, Memo? memo) => ((SquareMemo)memo!).Add(square);
    }
}
