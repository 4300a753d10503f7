using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>External programs as commands: the same on every fabric.</summary>
public abstract class ExternalCommandFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    private static ExternalCommand Shell(string line) => ExternalCommand.Shell(line);

    [Promise]
    public void Both_streams_come_home_apart_and_byte_for_byte()
    {
        var processor = Open(1);
        var slave = processor.Execute(new FactsCommand(0));
        var result = processor.Execute(Shell("printf '\\377\\000a\\r\\n'; printf '\\376half' >&2"));
        Assert.That(result.Out, Is.EqualTo(new byte[] { 0xff, 0, (byte)'a', 13, 10 }));
        Assert.That(result.Error, Is.EqualTo(new byte[] { 0xfe, (byte)'h', (byte)'a', (byte)'l', (byte)'f' }));
        Assert.That((result.ExitCode, result.Succeeded, result.TimedOut, result.Signal, result.Host), Is.EqualTo((0, true, false, 0, slave.Host)));
        Assert.That(result.ProcessId, Is.Positive);
        Assert.That(result.Duration, Is.GreaterThan(TimeSpan.Zero));
        Assert.That((DateTimeOffset.UtcNow - result.StartedAt).TotalSeconds, Is.InRange(0, 60));
    }

    [Promise]
    public void What_a_program_prints_is_its_value_and_not_shown()
    {
        var processor = Open();
        var command = processor.AddToQueue(Shell("echo seen; echo this >&2"), result => Assert.That((result.OutText, result.ErrorText), Is.EqualTo(("seen\n", "this\n"))));
        processor.RunQueue();
        Assert.That((command.Output.OutLength, command.Output.ErrorLength, ShownOut.Text, ShownError.Text), Is.EqualTo((0, 0, string.Empty, string.Empty)));
    }

    [Promise]
    public void Arguments_arrive_as_they_are()
    {
        string[] arguments = ["plain", "two words", string.Empty, "it's", "\"quoted\"", "$HOME `id` $(id)", "*", "a\nb", "\\", "-n", "ä€😀", "{}", " "];
        var result = Open().Execute(new ExternalCommand("printf", ["%s|", .. arguments]));
        Assert.That(result.OutText, Is.EqualTo(string.Concat(arguments.Select(argument => argument + "|"))));
    }

    [Promise]
    public void A_program_reads_its_input()
    {
        var input = new byte[3 << 20];
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = (byte)(i * 31);
        }

        var processor = Open();
        Assert.That(processor.Execute(new ExternalCommand("cat") { Input = input }).Out, Is.EqualTo(input));
        Assert.That(processor.Execute(new ExternalCommand("wc", "-c") { InputText = "ä\n" }).OutText.Trim(), Is.EqualTo("3"));
    }

    [Promise]
    public void Without_input_there_is_nothing_to_read()
    {
        Assert.That(Open().Execute(new ExternalCommand("cat")).Out, Is.Empty);
    }

    [Promise]
    public void A_program_need_not_read_its_input()
    {
        Assert.That(Open().Execute(new ExternalCommand("true") { Input = new byte[1 << 20] }).ExitCode, Is.Zero);
    }

    [Promise]
    public void The_environment_is_the_slaves_and_what_the_command_adds_and_takes_away()
    {
        var command = new ExternalCommand("sh", "-c", "echo \"$ADDED:${HOME-gone}:${PATH:+path}\"") { Environment = new Dictionary<string, string?> { ["ADDED"] = "a b", ["HOME"] = null } };
        Assert.That(Open().Execute(command).OutText, Is.EqualTo("a b:gone:path\n"));
    }

    [Promise]
    [UnsupportedOSPlatform("windows")]
    public void A_program_runs_where_it_is_told()
    {
        var processor = Open();
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "there")).FullName;
        File.WriteAllText(Path.Combine(folder, "program"), "#!/bin/sh\npwd -P\n");
        File.SetUnixFileMode(Path.Combine(folder, "program"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.That(processor.Execute(new ExternalCommand("pwd", "-P") { WorkingDirectory = folder }).OutText, Is.EqualTo(folder + "\n"));
        Assert.That(processor.Execute(new ExternalCommand("./program") { WorkingDirectory = folder }).OutText, Is.EqualTo(folder + "\n"));
    }

    [Promise]
    public void An_exit_code_other_than_0_is_a_failure_with_all_that_is_known()
    {
        var processor = Open();
        var failure = FailureOf<ExternalCommandException>(processor.Submit(Shell("echo some; echo why >&2; exit 3"), new CommandOptions { Label = "three" }));
        Assert.That((failure.ExitCode, failure.Result.OutText, failure.Result.ErrorText, failure.Command.Status), Is.EqualTo((3, "some\n", "why\n", CommandStatus.Failed)));
        Assert.That(failure.Message, Does.Contain("(three) failed on rank").And.Contains("attempt 1: /bin/sh -c 'echo some; echo why >&2; exit 3': exit code 3\n--- its last output on stderr ---\nwhy"));
        AssertUsable(processor);
    }

    [Promise]
    public void A_run_stops_at_a_failed_program_or_gathers_all()
    {
        var first = Open(1);
        first.AddToQueue(Shell("exit 4"));
        Assert.That(Assert.Throws<ExternalCommandException>(() => first.RunQueue())!.ExitCode, Is.EqualTo(4));
        AssertUsable(first);
        var all = Open(2, new ProcessorOptions { ErrorPolicy = ErrorPolicy.Continue });
        for (var code = 0; code < 4; code++)
        {
            all.AddToQueue(Shell(string.Create(CultureInfo.InvariantCulture, $"exit {code}")));
        }

        var failures = Assert.Throws<AggregateException>(() => all.RunQueue())!.InnerExceptions;
        Assert.That(failures.Cast<ExternalCommandException>().Select(failure => failure.ExitCode), Is.EquivalentTo(new[] { 1, 2, 3 }));
    }

    [Promise]
    public void An_exit_code_is_a_value_when_it_is_not_checked()
    {
        var result = Open().Execute(new ExternalCommand("sh", "-c", "echo out; exit 7") { CheckExitCode = false });
        Assert.That((result.ExitCode, result.Succeeded, result.OutText, result.Explain()), Is.EqualTo((7, false, "out\n", "exit code 7")));
    }

    [Promise]
    public void A_program_that_is_not_there_is_127_and_says_where_it_was_looked_for()
    {
        var processor = Open();
        var name = Assert.Throws<ExternalCommandException>(() => processor.Execute(new ExternalCommand("no-such-program", "x") { Environment = new Dictionary<string, string?> { ["PATH"] = "/nowhere:/bin" } }))!;
        Assert.That((name.ExitCode, name.Result.ProcessId), Is.EqualTo((127, 0)));
        Assert.That(name.Message, Does.Contain("no-such-program x: exit code 127: no program 'no-such-program' was found in PATH (/nowhere:/bin)"));
        var file = Path.Combine(Folder, "missing");
        Assert.That(Assert.Throws<ExternalCommandException>(() => processor.Execute(new ExternalCommand(file)))!.Message, Does.Contain($"exit code 127: there is no file {file}"));
        var folder = Assert.Throws<ExternalCommandException>(() => processor.Execute(new ExternalCommand("true") { WorkingDirectory = file }))!;
        Assert.That(folder.Message, Does.Contain($"there is no directory {file} for it to run in"));
        Assert.That(Assert.Throws<ExternalCommandException>(() => processor.Execute(Shell("no-such-program")))!.Message, Does.Contain("exit code 127: a command it was to execute was not found").And.Contains("no-such-program: not found").IgnoreCase);
    }

    [Promise]
    [TestCase("text", false, "nobody may execute it (chmod +x)")]
    [TestCase("#!/no/such/interpreter\n", true, "the interpreter in its first line, or its loader, is not there")]
    [TestCase("text without a first line that names an interpreter\n", true, "it is neither a program for this machine nor a script that begins with #!")]
    [TestCase(null, true, "it is a directory")]
    [UnsupportedOSPlatform("windows")]
    public void What_cannot_be_executed_is_126_and_says_why(string? content, bool executable, string why)
    {
        var file = Path.Combine(Folder, "thing");
        if (content is null)
        {
            Directory.CreateDirectory(file);
        }
        else
        {
            File.WriteAllText(file, content);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | (executable ? UnixFileMode.UserExecute : UnixFileMode.None));
        }

        var failure = Assert.Throws<ExternalCommandException>(() => Open().Execute(new ExternalCommand(file)))!;
        Assert.That(failure.ExitCode, Is.EqualTo(126));
        Assert.That(failure.Message, Does.Contain($"exit code 126: {file} cannot be executed: {why}"));
    }

    [Promise]
    [TestCase("KILL", 9)]
    [TestCase("SEGV", 11)]
    [TestCase("TERM", 15)]
    public void A_program_that_a_signal_ended_names_it(string signal, int number)
    {
        var failure = Assert.Throws<ExternalCommandException>(() => Open().Execute(Shell($"kill -s {signal} $$")))!;
        Assert.That((failure.Result.Signal, failure.ExitCode), Is.EqualTo((number, 128 + number)));
        Assert.That(failure.Message, Does.Contain(string.Create(CultureInfo.InvariantCulture, $"killed by SIG{signal} (exit code {128 + number})")));
    }

    [Promise]
    public void A_program_whose_time_is_up_is_ended_with_all_that_it_started()
    {
        // A child, a grandchild whose parent has ended, and one in a session of its own.
        var line = $"echo began; sleep 60 & echo $! > {Folder}/a; (sleep 60 & echo $! > {Folder}/b); setsid sleep 60 & echo $! > {Folder}/c; touch {Signal("up")}; wait";
        var processor = Open(1);
        var failure = EndedInTime(processor, seconds => new ExternalCommand("sh", "-c", line) { Timeout = seconds }, _ => File.Exists(Signal("up")));
        Assert.That((failure.Result.TimedOut, failure.Result.OutText), Is.EqualTo((true, "began\n")));
        Assert.That(failure.Message, Does.Match("took longer than [0-9.]+ s and was ended"));
        foreach (var name in new[] { "a", "b", "c" })
        {
            AssertGone(name);
        }

        AssertUsable(processor);
    }

    [Promise]
    public void A_program_whose_time_is_up_may_put_things_in_order_first()
    {
        var line = "trap 'echo in order; exit 5' TERM; echo began; while :; do sleep 0.02; done";
        var failure = EndedInTime(Open(), time => new ExternalCommand("sh", "-c", line) { Timeout = time, Grace = TimeSpan.FromSeconds(10) }, HasBegun);
        Assert.That((failure.Result.OutText, failure.ExitCode, failure.Result.TimedOut), Is.EqualTo(("began\nin order\n", 5, true)));
    }

    [Promise]
    public void A_program_that_ignores_that_its_time_is_up_is_killed()
    {
        var line = "trap '' TERM; echo began; while :; do sleep 0.02; done";
        var failure = EndedInTime(Open(), time => new ExternalCommand("sh", "-c", line) { Timeout = time, Grace = TimeSpan.FromMilliseconds(100) }, HasBegun);
        Assert.That((failure.Result.OutText, failure.Result.Signal), Is.EqualTo(("began\n", 9)));
    }

    [Promise]
    public void The_time_of_the_command_ends_its_program_too()
    {
        var processor = Open(1);
        foreach (var seconds in new[] { 0.5, 2, 8 })
        {
            var future = processor.Submit(Shell($"sleep 60 & echo $! > {Folder}/a; touch {Signal("up")}; wait"), new CommandOptions { Timeout = TimeSpan.FromSeconds(seconds) });
            FailureOf<CommandTimeoutException>(future);
            if (File.Exists(Signal("up")))
            {
                break; // Else the machine was too slow for the program to come that far.
            }
        }

        AssertGone("a");
        AssertUsable(processor);
    }

    [Promise]
    public void A_cancelled_command_ends_its_program()
    {
        var processor = Open(1);
        using var cancellation = new CancellationTokenSource();
        var future = processor.Submit(Shell($"sleep 60 & echo $! > {Folder}/a; touch {Signal("up")}; wait"), null, cancellation.Token);
        Await("up");
        cancellation.Cancel();
        FailureOf<OperationCanceledException>(future);
        AssertGone("a");
        AssertUsable(processor);
    }

    [Promise]
    public void Ten_megabytes_on_both_streams_do_not_block()
    {
        var result = Open().Execute(Shell("head -c 10000000 /dev/zero & head -c 10000000 /dev/zero >&2; wait"));
        Assert.That((result.Out.Length, result.Error.Length), Is.EqualTo((10_000_000, 10_000_000)));
        Assert.That(result.Out.AsSpan().ContainsAnyExcept((byte)0) || result.Error.AsSpan().ContainsAnyExcept((byte)0), Is.False);
    }

    [Promise]
    public void A_flood_ends_its_program()
    {
        var failure = Assert.Throws<ExternalCommandException>(() => Open().Execute(new ExternalCommand("yes") { MaxOutput = 100_000 }))!;
        Assert.That((failure.Result.Out.Length, failure.Result.TimedOut), Is.EqualTo((100_000, false)));
        Assert.That(failure.Message, Does.Contain("printed more than 100000 bytes (MaxOutput)"));
    }

    [Promise]
    public void What_is_cut_off_is_told_also_where_the_program_ended_by_itself()
    {
        var failure = Assert.Throws<ExternalCommandException>(() => Open().Execute(new ExternalCommand("head", "-c", "5000", "/dev/zero") { MaxOutput = 1000 }))!;
        Assert.That((failure.Result.Out.Length, failure.Result.TimedOut), Is.EqualTo((1000, false)));
        Assert.That(failure.Message, Does.Contain("printed more than 1000 bytes (MaxOutput)"));
    }

    [Promise]
    public void A_child_that_outlives_its_program_keeps_nobody_waiting()
    {
        var processor = Open(1);
        ExternalResult? result = null;
        var took = TimeOf(() => result = processor.Execute(Shell($"echo before; sleep 25 & echo $! > {Folder}/a; echo after")));
        Assert.That(result!.OutText, Is.EqualTo("before\nafter\n"));
        Assert.That(took.TotalSeconds, Is.LessThan(10));
        using var child = Process.GetProcessById(IdIn("a"));
        child.Kill();
    }

    [Promise]
    public void A_shell_is_used_when_asked_for()
    {
        Assert.That(Open().Execute(Shell("printf 'c\\na\\nb\\n' | sort | head -n 1")).OutText, Is.EqualTo("a\n"));
    }

    [Promise]
    public void Many_programs_at_once_keep_their_outputs_apart()
    {
        var processor = Open(4);
        var seen = new SortedDictionary<int, string>();
        for (var i = 0; i < 200; i++)
        {
            var number = i;
            processor.AddToQueue(new ExternalCommand("sh", "-c", "echo $1; cat; echo e$1 >&2", "sh", i.ToString(CultureInfo.InvariantCulture)) { InputText = $"in{i}\n" }, result => seen.Add(number, result.OutText + result.ErrorText));
        }

        processor.RunQueue();
        Assert.That(seen.Values, Is.EqualTo(Enumerable.Range(0, 200).Select(i => $"{i}\nin{i}\ne{i}\n")));
    }

    [Promise]
    public void Inherited_output_is_not_in_the_result()
    {
        var processor = Open(1);
        var values = new List<ExternalResult>();
        var command = processor.AddToQueue(new ExternalCommand("sh", "-c", "echo to the slave; exit 0") { Output = ExternalOutput.Inherited }, values.Add);
        processor.RunQueue();
        Assert.That((values.Single().ExitCode, values.Single().Out.Length), Is.EqualTo((0, 0)));

        // Where slaves are processes their descriptors are captured; a thread shares the master's own.
        Assert.That(command.Output.Out, Is.EqualTo(Traits.SharedMemory ? string.Empty : "to the slave\n"));
    }

    [Promise]
    public void A_command_of_ones_own_runs_programs_too()
    {
        var processor = Open();
        Assert.That(processor.Execute(new TwoProgramsCommand("printf 'b\\na\\n'", "sort")), Is.EqualTo("a\nb\n"));
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new TwoProgramsCommand("exit 9", "sort")))!;
        Assert.That(failure.RemoteType, Is.EqualTo(typeof(ExternalCommandException).FullName));
        Assert.That(failure.RemoteMessage, Does.Contain("exit code 9"));
    }

    [Promise]
    public void The_future_of_an_outcome_has_the_failure_as_a_value()
    {
        var future = Open().SubmitForOutcome(Shell("exit 2"));
        WaitFor(future, "The outcome");
        Assert.That((future.Result.IsDone, future.Result.Command.Status, (future.Result.Error as ExternalCommandException)?.ExitCode), Is.EqualTo((false, CommandStatus.Failed, 2)));
    }

    /// <summary>How a program fails whose time is up after it has <paramref name="begun"/>: a slow machine is given more time to come that far.</summary>
    private static ExternalCommandException EndedInTime(Processor processor, Func<TimeSpan, ExternalCommand> program, Func<ExternalResult, bool> begun)
    {
        for (var seconds = 0.5; ; seconds *= 4)
        {
            var failure = Assert.Throws<ExternalCommandException>(() => processor.Execute(program(TimeSpan.FromSeconds(seconds))))!;
            if (begun(failure.Result) || seconds > 5)
            {
                return failure;
            }
        }
    }

    private static bool HasBegun(ExternalResult result) => result.OutText.StartsWith("began", StringComparison.Ordinal);

    private int IdIn(string name)
    {
        var file = Path.Combine(Folder, name);
        WaitUntil(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), $"The process id in {name}");
        return int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
    }

    private void AssertGone(string name)
    {
        var stat = $"/proc/{IdIn(name).ToString(CultureInfo.InvariantCulture)}/stat";
        WaitUntil(() => !File.Exists(stat) || IsZombie(stat), $"The end of process {name}");
    }

    private static bool IsZombie(string stat)
    {
        try
        {
            var text = File.ReadAllText(stat);
            return text[(text.LastIndexOf(')') + 2)..].StartsWith('Z') || !text.Contains("(sleep)", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
