using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Backends.Process;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Slaves that are renewed: after so many commands, and for their memory.</summary>
[Platform("Linux")]
[NonParallelizable]
[TestFixture("shm")]
[TestFixture("socket")]
public sealed class ProcessRenewalTests(string transport)
{
    [TestCase(1, 6)]
    [TestCase(10, 120)]
    public void A_slave_runs_so_many_commands_and_no_more(int recycleAfter, int commands)
    {
        using var processor = Open(2, null, ("recycle-after", recycleAfter.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var processes = new List<int>();
        var infos = new List<ICommandInfo>();
        for (var i = 0; i < commands; i++)
        {
            infos.Add(processor.AddToQueue(new ProcessIdCommand(), processes.Add));
        }

        processor.RunQueue();
        Assert.That(processes, Has.Count.EqualTo(commands));
        Assert.That(processes.GroupBy(id => id).Max(group => group.Count()), Is.LessThanOrEqualTo(recycleAfter));
        Assert.That(infos.Select(info => info.Attempts), Is.All.EqualTo(1));
        Assert.That((processor.Statistics.SlavesLost, processor.SlaveCount), Is.EqualTo((0, 2)), "Renewed, not lost.");
    }

    [Test]
    public void Commands_of_one_seat_wait_for_the_successor()
    {
        using var processor = Open(2, null, ("recycle-after", "1"));
        var processes = new HashSet<int>();
        for (var i = 0; i < 5; i++)
        {
            var values = processor.ExecuteOnEverySlave(new ProcessIdCommand());
            Assert.That(values.Keys, Is.EqualTo(new[] { 1, 2 }));
            processes.UnionWith(values.Values);
        }

        Assert.That(processes, Has.Count.EqualTo(10), "Each ran in a process of its own.");
    }

    [Test]
    public void A_processor_shrinks_and_grows_while_its_slaves_are_renewed()
    {
        using var processor = Open(2, null, ("recycle-after", "3"));
        var values = new List<int>();
        processor.RunQueue(Enumerable.Range(0, 90).Select(i => new NapCommand(i, 2)), (_, value) =>
        {
            values.Add(value);
            if (value is 20 or 40)
            {
                processor.Resize(value == 20 ? 1 : 3);
            }
        });
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 90)));
        Assert.That(processor.SlaveCount, Is.EqualTo(3));
        Assert.That(processor.ExecuteOnEverySlave(new ProcessIdCommand()).Values.Distinct().Count(), Is.EqualTo(3));
    }

    /// <summary>A successor that was being started when a processor closed was once waited for, for ever.</summary>
    [Test]
    public void A_keeper_that_closes_while_it_prepares_a_slave_does_not_wait_for_it()
    {
        using var preparing = new ManualResetEventSlim();
        using var closing = new ManualResetEventSlim();
        var own = ProcessSettings.From(new FabricSettings(1, new Dictionary<string, string>(), Serilog.Core.Logger.None));
        using var slaves = SlaveTransport.Create(transport, 1);
        var starter = new SlaveStarter(own, 1, () =>
        {
            preparing.Set();
            closing.Wait();
            return 2;
        });
        using var keeper = new SlaveKeeper(starter, slaves, own, Serilog.Core.Logger.None);
        keeper.Start(1, 1, slaves.Make(1, 1), TimeSpan.FromTicks(1));
        preparing.Wait();
        var closer = new Thread(() => keeper.Close(TimeSpan.Zero));
        closer.Start();
        SpinWait.SpinUntil(() => (closer.ThreadState & ThreadState.WaitSleepJoin) != 0); // For the keeper's thread to end.
        closing.Set();
        Assert.That(closer.Join(TimeSpan.FromSeconds(30)), Is.True);
    }

    [Test]
    public void A_slave_that_outgrew_its_memory_is_renewed()
    {
        using var processor = Open(1, null, ("max-memory", "250MiB"));
        var processes = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            processor.AddToQueue(new LeakCommand(40), processes.Add);
        }

        processor.RunQueue();
        Assert.That(processes, Has.Count.EqualTo(12));
        Assert.That(processes.Distinct().Count(), Is.GreaterThan(1));
        Assert.That(processes.GroupBy(id => id).Max(group => group.Count()), Is.LessThanOrEqualTo(6), "Of 40 MiB each; the runtime has some as well.");
    }

    [Test]
    public void A_command_that_takes_more_memory_than_it_may_fails_alone_and_says_so()
    {
        using var processor = Open(1, new() { ErrorPolicy = ErrorPolicy.Continue }, ("max-memory", "0.25GiB"));
        var values = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            processor.AddToQueue(new NapCommand(i, 1), values.Add);
        }

        var greedy = processor.AddToQueue(new GreedyCommand(1024), options: new() { Label = "greedy" });
        for (var i = 8; i < 16; i++)
        {
            processor.AddToQueue(new NapCommand(i, 1), values.Add);
        }

        var failure = (SlaveCommandException)Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions.Single();
        Assert.That((failure.RemoteType, greedy.Status, greedy.Attempts), Is.EqualTo((typeof(ResourceLimitException).FullName, CommandStatus.Failed, 1)));
        Assert.That(failure.Message, Does.Contain("(greedy)").And.Match("had [0-9.]+ [MG]iB of memory, 256 MiB are allowed \\(process\\.max-memory\\)"));
        Assert.That(greedy.Output.Out, Is.EqualTo("greedy begins\n"));
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 16)));
    }

    [TestCase("recycle-after", "0", "a whole number of 1 or more")]
    [TestCase("max-memory", "2", "a size such as 2GiB")]
    [TestCase("max-memory", "-1GiB", "a size such as 2GiB")]
    [TestCase("grace", "none", "a time such as 2s")]
    public void A_limit_that_makes_no_sense_is_refused_by_name(string key, string value, string expected)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Open(1, null, (key, value)).Dispose())!;
        Assert.That(refusal.Message, Does.Contain($"process.{key} is {value}").And.Contains(expected));
    }

    private Processor Open(int slaves, ProcessorOptions? options = null, params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(pair => "process." + pair.Key, pair => pair.Value);
        all["process.transport"] = transport;
        return Processor.Load("process", (options ?? new()) with { Slaves = slaves, ShowOutput = false, Settings = all });
    }
}
