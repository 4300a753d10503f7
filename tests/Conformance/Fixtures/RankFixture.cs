using System;
using System.Linq;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>The words of section 1: rank, size, slaves, and a fabric that says what it is.</summary>
public abstract class RankFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_command_on_every_slave_runs_once_on_each()
    {
        var processor = Open(3);
        var facts = processor.ExecuteOnEverySlave(new FactsCommand());
        Assert.That(facts.Keys.Order(), Is.EqualTo(Enumerable.Range(1, Math.Min(3, Fabric.MostSlaves))));
        Assert.That(facts.All(pair => pair.Key == pair.Value.Rank), Is.True);
    }

    [Promise]
    public void A_processor_has_its_slaves_as_soon_as_it_is_open()
    {
        for (var i = 0; i < 10; i++)
        {
            var processor = Open(3);
            Assert.That(processor.SlaveCount, Is.EqualTo(Math.Min(3, Fabric.MostSlaves)));
            processor.Dispose(); // In a world, its slaves are those of the next one.
        }
    }

    [Promise]
    public void Slaves_know_their_rank_and_the_size()
    {
        var processor = Open(3);
        foreach (var (rank, facts) in processor.ExecuteOnEverySlave(new FactsCommand()))
        {
            Assert.That((facts.Rank, facts.Attempt), Is.EqualTo((rank, 1)));
            Assert.That(facts.Size, Is.EqualTo(processor.Size));
            Assert.That(facts.Name, Is.Not.Empty);
        }

        Assert.That((processor.Rank, processor.Size, processor.FabricName), Is.EqualTo((0, processor.SlaveCount + 1, Fabric.Name)));
    }

    [Promise]
    public void A_fabric_describes_itself_in_one_short_line()
    {
        var line = Open().Describe();
        Assert.That(line, Does.StartWith(Fabric.Name).And.Not.Contains("\n"));
        Assert.That(line, Has.Length.LessThan(100));
    }
}
