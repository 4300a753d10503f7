using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>The rows of the fault matrix that end a process.</summary>
[Platform("Linux")]
[NonParallelizable]
[TestFixture("shm")]
[TestFixture("socket")]
public sealed class ProcessFaultTests(string transport)
{
    [TestCase(Death.Exit, "exited with code 3")]
    [TestCase(Death.Kill, "killed by SIGKILL")]
    [TestCase(Death.Abort, "killed by SIGABRT")]
    [TestCase(Death.FailFast, "killed by SIGABRT: Process terminated. the state is corrupt")]
    [TestCase(Death.Overflow, "killed by SIGABRT: Stack overflow.")]
    [TestCase(Death.AccessViolation, "killed by SIGABRT: Fatal error.")]
    [TestCase(Death.ThreadThrows, "killed by SIGABRT: Unhandled exception. System.InvalidOperationException: nobody catches this")]
    [TestCase(Death.Stop, "showed no life for 1 s")]
    public void A_command_that_ends_its_slave_is_lost_and_says_how(Death death, string how)
    {
        using var processor = Open(1, new() { MaxAttempts = 1 }, ("heartbeat", death == Death.Stop ? "1s" : "60s"));
        var command = processor.AddToQueue(new DyingCommand(death));
        var lost = Assert.Throws<SlaveLostException>(() => processor.RunQueue())!;
        Assert.That(lost.Message, Does.Contain(how));
        Assert.That(command.Output.Out, Is.EqualTo("half a li"));
        Assert.That(command.Output.Error, Does.StartWith("half an err"));
        Assert.That(processor.Execute(new NapCommand(5, 0)), Is.EqualTo(5), "The seat has a new slave.");
    }

    [Test]
    public void A_command_whose_slave_is_killed_is_tried_again()
    {
        using var processor = Open(2);
        Assert.That(processor.Execute(new DyingCommand(Death.Kill, survives: 3)), Is.EqualTo(3));
        Assert.That(processor.Statistics.SlavesLost, Is.EqualTo(2));
    }

    [Test]
    public void A_poisonous_command_fails_alone()
    {
        using var processor = Open(2, new() { ErrorPolicy = ErrorPolicy.Continue });
        var values = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            processor.AddToQueue(new NapCommand(i, 2), values.Add);
        }

        for (var i = 0; i < 3; i++)
        {
            processor.AddToQueue(new DyingCommand(i == 0 ? Death.Exit : Death.Kill));
        }

        var failures = Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions;
        Assert.That(failures.Select(failure => failure.GetType()), Is.All.EqualTo(typeof(SlaveLostException)).And.Exactly(3).Items);
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 40)));
    }

    [Test]
    public void Slaves_killed_from_outside_lose_nothing()
    {
        using var processor = Open(2, new() { MaxAttempts = 100 });
        var values = new List<int>();
        var kills = 0;
        processor.RunQueue(Enumerable.Range(0, 600).Select(i => new NapCommand(i, 1)), (_, value) =>
        {
            values.Add(value);
            if (value % 150 == 75)
            {
                kills++;
                var victim = processor.Statistics.Slaves.First(slave => slave.Alive && slave.Name.Contains("-pid", StringComparison.Ordinal)).Name;
                SystemCalls.Kill(int.Parse(victim.Split("-pid")[1].Split('-')[0], System.Globalization.CultureInfo.InvariantCulture), 9);
            }
        });
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 600)), "All once, none twice.");
        Assert.That(kills, Is.EqualTo(4));
    }

    [Test]
    public void Slaves_that_never_come_up_are_given_up_with_what_they_printed()
    {
        using var processor = Open(1, null, ("env.DOTNET_STARTUP_HOOKS", "/no/such/hook.dll"));
        var lost = Assert.Throws<SlaveLostException>(() => processor.Execute(new NapCommand(1, 0)))!;
        Assert.That(lost.Message, Does.Contain("no slave is left"));
    }

    private Processor Open(int slaves, ProcessorOptions? options = null, params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(pair => "process." + pair.Key, pair => pair.Value);
        all["process.transport"] = transport;
        return Processor.Load("process", (options ?? new()) with { Slaves = slaves, ShowOutput = false, Settings = all });
    }
}
