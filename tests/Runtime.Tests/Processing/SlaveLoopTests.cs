using System;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>What a slave says to what it is told, message by message.</summary>
[Parallelizable(ParallelScope.None)]
public sealed class SlaveLoopTests
{
    [Test]
    public void A_slave_says_hello_first()
    {
        using var slave = new SlaveRig();
        Assert.That(slave.Step(), Is.True);
        Assert.That(slave.Said, Is.EqualTo(new[] { "Hello" }));
        slave.Step();
        Assert.That(slave.Said, Has.Count.EqualTo(1));
    }

    [Test]
    public void Results_of_short_commands_go_home_together_in_order()
    {
        using var slave = SlaveRig.Welcomed();
        slave.Give(1, new EchoCommand(10), new EchoCommand(20));
        slave.Give(3, new SilentCommand());
        slave.Step();
        Assert.That(string.Concat(slave.Said.Select(said => said["Results".Length..])), Is.EqualTo(" 1=10 2=20 3=nothing"));
    }

    [Test]
    public void Under_chunking_each_every_result_is_a_message()
    {
        using var slave = SlaveRig.Welcomed(each: true);
        slave.Give(1, new EchoCommand(10), new EchoCommand(20));
        slave.Step();
        Assert.That(slave.Said, Is.EqualTo(new[] { "Results 1=10", "Results 2=20" }));
    }

    [Test]
    public void What_a_command_throws_goes_home_with_what_it_printed_and_the_next_one_runs()
    {
        using var slave = SlaveRig.Welcomed(each: true);
        slave.Give(1, new ThrowingCommand(), new EchoCommand(20));
        slave.Step();
        Assert.That(slave.Said, Is.EqualTo(new[] { "Results 1 Failed spoiled <- the cause [Out:weighing]", "Results 2=20" }));
    }

    [Test]
    public void Bytes_that_are_no_command_fail_that_command_alone()
    {
        using var slave = SlaveRig.Welcomed(each: true);
        slave.GiveGarbage(1);
        slave.Give(2, new EchoCommand(20));
        slave.Step();
        Assert.That(slave.Said, Has.Count.EqualTo(2));
        Assert.That(slave.Said[0], Does.StartWith("Results 1 Failed"));
        Assert.That(slave.Said[1], Is.EqualTo("Results 2=20"));
    }

    [Test]
    public void A_value_that_cannot_travel_fails_its_command_with_the_path_to_it()
    {
        using var slave = SlaveRig.Welcomed();
        slave.Give(1, new StreamReturningCommand());
        slave.Step();
        Assert.That(slave.Said.Single(), Does.StartWith("Results 1 Failed").And.Contains("MemoryStream"));
    }

    [Test]
    public void A_flood_is_cut_and_fails_its_command()
    {
        using var slave = SlaveRig.Welcomed(maxOutput: 1000);
        slave.Give(1, new FloodingCommand());
        slave.Step();
        var said = string.Join('\n', slave.Said);
        Assert.That(said, Does.Contain("1 Failed").And.Contains(" cut]"));
    }

    [Test]
    public void Start_ups_run_once_before_the_first_command_and_what_they_set_stays()
    {
        using var slave = SlaveRig.Welcomed(startups: [new Culture()]);
        slave.Give(1, new CultureCommand(), new CultureCommand());
        slave.Step();
        slave.Give(3, new CultureCommand());
        slave.Step();
        Assert.That(string.Concat(slave.Said.Select(said => said["Results".Length..])), Is.EqualTo(" 1=minus1 2=minus1 3=minus1"));
        Assert.That(CultureInfo.CurrentCulture.NumberFormat.NegativeSign, Is.EqualTo("-"), "This thread is the master's.");
    }

    [Test]
    public void Commands_that_have_not_begun_are_given_back_from_the_end()
    {
        using var slave = SlaveRig.Welcomed(each: true);
        slave.Give(1, new EchoCommand(1), new EchoCommand(2), new EchoCommand(3), new EchoCommand(4));
        slave.Recall(2);
        slave.Step();
        Assert.That(slave.Said, Is.EqualTo(new[] { "Returned 4 3", "Results 1=1", "Results 2=2" }));
    }

    [Test]
    public void A_slave_with_nothing_left_gives_nothing_back()
    {
        using var slave = SlaveRig.Welcomed();
        slave.Recall(5);
        slave.Step();
        Assert.That(slave.Said, Is.EqualTo(new[] { "Returned" }));
    }

    [TestCase(CancelScope.Command, 2, "Results 2 Cancelled", "Results 1=1", "Results 3=3")]
    [TestCase(CancelScope.Run, 1, "Results 1 Cancelled 2 Cancelled 3 Cancelled")]
    [TestCase(CancelScope.Run, 5, "Results 1=1", "Results 2=2", "Results 3=3")]
    [TestCase(CancelScope.All, 0, "Results 1 Cancelled 2 Cancelled 3 Cancelled")]
    public void Commands_that_have_not_begun_are_cancelled_unrun(object scope, int number, params string[] expected)
    {
        using var slave = SlaveRig.Welcomed(each: true);
        slave.Give(1, new EchoCommand(1), new EchoCommand(2), new EchoCommand(3));
        slave.Cancel((CancelScope)scope, number);
        slave.Step();
        Assert.That(slave.Said, Is.EqualTo(expected));
    }

    [Test]
    public void A_command_sees_the_data_of_its_version()
    {
        using var slave = SlaveRig.Welcomed(each: true);
        slave.Data("x", 1, "old");
        slave.Version = 1;
        slave.Give(1, new DataCommand());
        slave.Data("x", 2, "new");
        slave.Give(2, new DataCommand());
        slave.Version = 2;
        slave.Give(3, new DataCommand());
        slave.Data("y", 3, "other", oldest: 2);
        slave.Step();
        slave.Give(4, new DataCommand());
        slave.Step();
        Assert.That(slave.Said, Has.Count.EqualTo(4));
        Assert.That(slave.Said[2..], Is.EqualTo(new[] { "Results 3=new", "Results 4=new" }));
    }

    [Test]
    public void The_same_command_draws_the_same_random_numbers_on_any_slave()
    {
        string Draw()
        {
            using var slave = SlaveRig.Welcomed();
            slave.Give(5, new DrawCommand());
            slave.Step();
            return slave.Said.Single();
        }

        Assert.That(Draw(), Is.EqualTo(Draw()));
    }

    [Test]
    public void What_it_logs_goes_home()
    {
        using var slave = SlaveRig.Welcomed();
        slave.Give(1, new LoggingCommand());
        slave.Step();
        Assert.That(slave.Said, Is.EqualTo(new[] { "Results 1=nothing", "Log 3 samples are spoiled" }));
    }

    [Test]
    public void Told_to_leave_it_drops_what_has_not_begun_and_says_goodbye_once()
    {
        using var slave = SlaveRig.Welcomed();
        slave.Give(1, new EchoCommand(1));
        slave.Exit();
        Assert.That(slave.Step(), Is.False);
        Assert.That(slave.Said, Is.EqualTo(new[] { "Goodbye" }));
    }

    [Test]
    public void Without_a_master_it_leaves()
    {
        using var slave = SlaveRig.Welcomed();
        slave.Give(1, new EchoCommand(1));
        slave.LoseMaster();
        Assert.That(slave.Step(), Is.False);
    }

    [Test]
    public void A_word_that_it_does_not_know_is_an_error_that_names_it()
    {
        using var slave = SlaveRig.Welcomed();
        slave.SayBytes(99, 0, 0);
        Assert.That(slave.Step, Throws.TypeOf<WireFormatException>().With.Message.Contain("unknown kind 99"));
    }

    private sealed class SilentCommand : SlaveCommand
    {
        public override void Run(ISlaveContext slave)
        {
        }
    }

    private sealed class ThrowingCommand : SlaveCommand
    {
        public override void Run(ISlaveContext slave)
        {
            Console.WriteLine("weighing");
            throw new InvalidOperationException("spoiled", new IOException("the cause"));
        }
    }

    private sealed class StreamReturningCommand : SlaveCommand<object>
    {
        public override object Run(ISlaveContext slave) => new MemoryStream();
    }

    private sealed class FloodingCommand : SlaveCommand
    {
        public override void Run(ISlaveContext slave)
        {
            for (var i = 0; i < 1000; i++)
            {
                Console.WriteLine("water");
            }
        }
    }

    private sealed class Culture : ISlaveStartup
    {
        private int _times;

        public void Start(ISlaveEnvironment slave) =>
            CultureInfo.CurrentCulture = new CultureInfo(string.Empty) { NumberFormat = { NegativeSign = $"minus{++_times}" } };
    }

    private sealed class CultureCommand : SlaveCommand<string>
    {
        public override string Run(ISlaveContext slave) => CultureInfo.CurrentCulture.NumberFormat.NegativeSign;
    }

    private sealed class DataCommand : SlaveCommand<string>
    {
        public override string Run(ISlaveContext slave) => slave.Data.Get<string>("x");
    }

    private sealed class DrawCommand : SlaveCommand<double>
    {
        public override double Run(ISlaveContext slave) => slave.Random.NextDouble();
    }

    private sealed class LoggingCommand : SlaveCommand
    {
        public override void Run(ISlaveContext slave) => slave.Log.Warning("{Count} samples are spoiled", 3);
    }
}
