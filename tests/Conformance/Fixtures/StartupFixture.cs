using System;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 12: start-ups run once on every slave before its first command.</summary>
public abstract class StartupFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_start_up_has_run_when_the_first_command_begins()
    {
        var processor = Open(3, new ProcessorOptions { Startups = [new TraceStartup(Folder, "culture")] });
        Assert.That(processor.ExecuteOnEverySlave(new CountStartupsCommand(Folder)).Values, Is.EqualTo(Enumerable.Repeat(1, processor.SlaveCount)));
    }

    [Promise]
    public void A_start_up_runs_once_however_many_commands_follow()
    {
        var processor = Open(2, new ProcessorOptions { Startups = [new TraceStartup(Folder, "culture")] });
        for (var i = 0; i < 10; i++)
        {
            processor.ExecuteOnEverySlave(new CountStartupsCommand(Folder));
            AssertUsable(processor);
        }

        Assert.That(Directory.GetFiles(Folder, "startup-*"), Has.Length.EqualTo(processor.SlaveCount));
    }

    [Promise]
    public void Start_ups_run_in_the_order_in_which_they_were_given()
    {
        var processor = Open(2, new ProcessorOptions { Startups = [new TraceStartup(Folder, "first"), new TraceStartup(Folder, "second"), new TraceStartup(Folder, "third")] });
        processor.ExecuteOnEverySlave(new FactsCommand());
        foreach (var rank in Enumerable.Range(1, processor.SlaveCount))
        {
            Assert.That(Directory.GetFiles(Folder, $"startup-{rank}-*").Select(Path.GetFileName).Order(), Is.EqualTo(new[] { $"startup-{rank}-0-first", $"startup-{rank}-1-second", $"startup-{rank}-2-third" }));
        }
    }

    [Promise]
    public void A_start_up_sees_rank_and_size()
    {
        var processor = Open(1, new ProcessorOptions { Startups = [new TraceStartup(Folder, "culture")] });
        processor.Execute(new SilentCommand());
        Assert.That(File.ReadAllText(Path.Combine(Folder, "startup-1-0-culture")), Is.EqualTo("2"));
    }

    [Promise]
    public void A_culture_set_at_start_up_holds_for_every_command_and_not_for_the_master()
    {
        var processor = Open(1, new ProcessorOptions { Startups = [new CultureStartup("minus")] });
        Assert.That(Enumerable.Range(1, 3).Select(i => processor.Execute(new FormatCommand(-i))), Is.EqualTo(new[] { "minus1", "minus2", "minus3" }));
        Assert.That($"{-1}", Is.EqualTo("-1"));
    }

    [Promise]
    public void A_failing_start_up_is_the_failure_of_the_first_command()
    {
        var processor = Open(1, new ProcessorOptions { Startups = [new ThrowingStartup("no licence")] });
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new EchoCommand(1)))!;
        Assert.That((failure.RemoteType, failure.RemoteMessage), Is.EqualTo((typeof(InvalidOperationException).FullName, "no licence")));
    }

    [Promise]
    public void A_start_up_that_cannot_travel_is_refused_when_the_processor_opens()
    {
        Assert.Throws<HpcRuntime.Wire.WireTypeException>(() => Open(1, new ProcessorOptions { Startups = [new StreamStartup(new MemoryStream())] }));
    }
}
