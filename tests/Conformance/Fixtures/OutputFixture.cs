using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 7: everything a command prints reaches the master byte for byte, in order, attributed to that command.</summary>
public abstract class OutputFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    private static readonly string[] Words = ["alpha", "beta", "gamma"];

    [Promise]
    public void Output_is_complete_when_the_handler_runs()
    {
        var processor = Open();
        var seen = string.Empty;
        processor.AddToQueue(new PrintCommand("hello\nworld\n"), new ActionMemo<int>((master, _) => seen = master.Command.Output.Out));
        processor.RunQueue();
        Assert.That(seen, Is.EqualTo("hello\nworld\n"));
    }

    [Promise]
    public void Standard_output_and_standard_error_are_kept_apart()
    {
        var command = Run(Open(), new PrintCommand("to out\n", "to error\n"));
        Assert.That((command.Output.Out, command.Output.Error), Is.EqualTo(("to out\n", "to error\n")));
        Assert.That((command.Output.OutLength, command.Output.ErrorLength, command.Output.Truncated), Is.EqualTo((7L, 9L, false)));
    }

    [Promise]
    public void Every_command_keeps_its_own_output()
    {
        var processor = Open(3);
        var commands = Enumerable.Range(0, 60).Select(i => processor.AddToQueue(new PrintCommand($"out {i}\n", $"error {i}\n"))).ToArray();
        processor.RunQueue();
        for (var i = 0; i < commands.Length; i++)
        {
            Assert.That((commands[i].Output.Out, commands[i].Output.Error), Is.EqualTo(($"out {i}\n", $"error {i}\n")));
        }
    }

    [Promise]
    public void A_silent_command_has_empty_output()
    {
        var command = Run(Open(), new SilentCommand());
        Assert.That((command.Output.Out, command.Output.Error, command.Output.OutLength), Is.EqualTo((string.Empty, string.Empty, 0L)));
    }

    [Promise]
    public void The_output_of_a_failed_command_is_kept()
    {
        var processor = Open();
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new PrintAndThrowCommand("before\n", "why\n", "no")))!;
        Assert.That((failure.Command.Output.Out, failure.Command.Output.Error), Is.EqualTo(("before\n", "why\n")));
    }

    [Promise]
    public void The_output_of_a_command_whose_time_was_up_is_kept()
    {
        var processor = Open();
        var failure = Assert.Throws<CommandTimeoutException>(() => processor.Execute(new PrintAndStayCommand("so far\n", "slow\n"), new CommandOptions { Timeout = TimeSpan.FromMilliseconds(200) }))!;
        Assert.That((failure.Command.Output.Out, failure.Command.Output.Error), Is.EqualTo(("so far\n", "slow\n")));
    }

    [Promise]
    public void Output_is_shown_on_the_master()
    {
        var processor = Open();
        Run(processor, new PrintCommand("shown\n", "shown too\n"));
        Assert.That((ShownOut.Text, ShownError.Text), Is.EqualTo(("shown\n", "shown too\n")));
    }

    [Promise]
    public void Output_that_is_not_to_be_shown_is_kept_all_the_same()
    {
        var command = Run(Open(1, new ProcessorOptions { ShowOutput = false }), new PrintCommand("quiet\n", "quiet\n"));
        Assert.That((command.Output.Out, ShownOut.Text, ShownError.Text), Is.EqualTo(("quiet\n", string.Empty, string.Empty)));
    }

    [Promise]
    public void Lines_are_shown_behind_their_rank_when_asked()
    {
        var processor = Open(1, new ProcessorOptions { Prefix = OutputPrefix.Rank });
        Run(processor, new PrintCommand("one\ntwo\n", "three\n"));
        Assert.That(ShownOut.Text, Is.EqualTo("1  | one\n1  | two\n"));
        Assert.That(ShownError.Text, Is.EqualTo("1 E| three\n"));
    }

    [Promise]
    public void A_prefix_is_no_part_of_the_output_that_is_kept()
    {
        var command = Run(Open(1, new ProcessorOptions { Prefix = OutputPrefix.Rank }), new PrintCommand("one\n"));
        Assert.That(command.Output.Out, Is.EqualTo("one\n"));
    }

    [Promise]
    public void Lines_of_several_slaves_are_never_torn()
    {
        var processor = Open(3);
        foreach (var word in Words)
        {
            processor.AddToQueue(new SlowPrintCommand(string.Concat(Enumerable.Repeat(word + " ", 10)), 200));
        }

        processor.RunQueue();
        var lines = ShownOut.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(600));
        Assert.That(lines.Distinct().Order(), Is.EqualTo(Words.Select(word => string.Concat(Enumerable.Repeat(word + " ", 10))).Order()));
    }

    [Promise]
    public void Half_a_line_is_kept_as_it_is()
    {
        var command = Run(Open(), new PrintCommand("no end of line", "nor here"));
        Assert.That((command.Output.Out, command.Output.Error), Is.EqualTo(("no end of line", "nor here")));
        Assert.That((ShownOut.Text.TrimEnd('\n'), ShownError.Text.TrimEnd('\n')), Is.EqualTo(("no end of line", "nor here")));
    }

    [Promise]
    public void Letters_of_every_script_come_home_byte_for_byte()
    {
        const string text = "Zeit: 5 µs, Ångström, 時間, עברית, 🧪\r\n\ttab\0nul\n";
        var command = Run(Open(), new PrintCommand(text, text));
        Assert.That((command.Output.Out, command.Output.Error), Is.EqualTo((text, text)));
        Assert.That(command.Output.OutLength, Is.EqualTo(System.Text.Encoding.UTF8.GetByteCount(text)));
    }

    [Promise]
    public void Ten_megabytes_from_one_command_come_home_whole()
    {
        var processor = Open(1, new ProcessorOptions { ShowOutput = false });
        var command = Run(processor, new FloodCommand(10_000_000));
        Assert.That((command.Output.OutLength, command.Output.Truncated), Is.EqualTo((10_000_000L, false)));
        using var reader = new System.IO.StreamReader(command.Output.OpenOut());
        for (var line = 0; line < 100_000; line++)
        {
            if (int.Parse(reader.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture) != line)
            {
                Assert.Fail($"Line {line} is not in its place.");
            }
        }
    }

    [Promise]
    public void A_flood_ends_at_its_limit()
    {
        var processor = Open(1, new ProcessorOptions { MaxOutput = 100_000, ShowOutput = false });
        var task = processor.SubmitForOutcome(new FloodCommand(5_000_000));
        WaitFor(task, "The flood");
        var output = task.Result.Command.Output;
        Assert.That(output.Truncated, Is.True);
        Assert.That(output.OutLength, Is.InRange(90_000, 100_000));
        AssertUsable(processor);
    }

    [Promise]
    public void Threads_and_tasks_of_a_command_print_into_its_output()
    {
        var processor = Open(2);
        var commands = new[] { "a", "b", "c", "d" }.Select(name => (Name: name, Info: processor.AddToQueue(new PrintFromThreadsCommand(name)))).ToArray();
        processor.RunQueue();
        foreach (var (name, info) in commands)
        {
            Assert.That(info.Output.Out.ReplaceLineEndings("\n"), Is.EqualTo($"{name} thread\n{name} task\n{name} itself\n"));
        }
    }

    [Promise]
    public void A_thousand_commands_of_ten_lines_each_keep_their_order()
    {
        var processor = Open(2, new ProcessorOptions { ShowOutput = false });
        var commands = Enumerable.Range(0, 1000).Select(i => processor.AddToQueue(new PrintLinesCommand(i, 10))).ToArray();
        processor.RunQueue();
        var expected = Enumerable.Range(0, 1000).Select(i => string.Concat(Enumerable.Range(0, 10).Select(line => $"{i}.{line}\n")));
        Assert.That(commands.Select(command => command.Output.Out.ReplaceLineEndings("\n")), Is.EqualTo(expected));
    }

    [Promise]
    public void What_the_master_prints_is_no_output_of_a_command()
    {
        var processor = Open(1);
        var handler = processor.AddToQueue(new EchoCommand(1), _ => Console.WriteLine("printed by a handler"));
        var next = processor.AddToQueue(new PrintCommand("mine\n"));
        processor.RunQueue();
        Assert.That((handler.Output.Out, next.Output.Out, ShownOut.Text), Is.EqualTo((string.Empty, "mine\n", "mine\n")));
    }

    [Promise]
    public void The_end_of_standard_error_begins_at_a_line()
    {
        var error = string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i}\n"));
        var command = Run(Open(), new PrintCommand(string.Empty, error));
        Assert.That(command.Output.ErrorTail(20), Is.EqualTo("line 98\nline 99\n"));
    }

    private static ICommandInfo Run(Processor processor, SlaveCommand command)
    {
        var info = processor.AddToQueue(command);
        processor.RunQueue();
        return info;
    }
}
