using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Sections: one at a time, or in input order; and what a slave keeps to itself.</summary>
public abstract class SectionFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    private static readonly MapOptions One = new() { ChunkSize = 1 };

    [Promise(Seconds = 60)]
    public void Only_one_is_inside_a_critical_section()
    {
        var file = Signal("count");
        File.WriteAllText(file, "0");
        Open(3).Map(Enumerable.Range(0, 60).ToArray(), (_, slave) => Count(file, slave), One).ToArray();
        Assert.That(File.ReadAllText(file), Is.EqualTo("60"));
    }

    [Promise]
    public void Sections_of_different_names_do_not_wait_for_each_other()
    {
        var processor = Open(2);
        var (inside, go) = (Signal("inside"), Signal("go"));
        var first = processor.Submit(slave => slave.Critical("a", () => Hold(inside, go)));
        if (Fabric.RunsAtOnce)
        {
            Await("inside");
            WaitFor(processor.Submit(slave => slave.Critical("b", () => { })), "The other section");
        }

        Give("go");
        WaitFor(first, "The first");
        Assert.That(first.IsCompletedSuccessfully, Is.True);
    }

    [Promise]
    public void A_critical_section_is_released_when_its_holder_throws()
    {
        var processor = Open(2);
        FailureOf<SlaveCommandException>(processor.Submit(slave => slave.Critical("a", () => throw new FormatException("inside"))));
        WaitFor(processor.Submit(slave => slave.Critical("a", () => { })), "The next");
    }

    [Promise]
    public void A_critical_section_inside_itself_does_not_wait()
    {
        var value = Open(1).Submit(slave =>
        {
            var depth = 0;
            slave.Critical("a", () => slave.Critical("a", () => depth = 2));
            slave.Critical("a", () => depth++);
            return depth;
        });
        WaitFor(value, "The future");
        Assert.That(value.Result, Is.EqualTo(3));
    }

    [Promise]
    public void Plain_commands_have_sections_too()
    {
        var processor = Open(2);
        var file = Signal("count");
        File.WriteAllText(file, "0");
        for (var i = 0; i < 20; i++)
        {
            processor.AddToQueue(new CountCommand(file));
        }

        processor.RunQueue();
        Assert.That(File.ReadAllText(file), Is.EqualTo("20"));
    }

    [Promise]
    public void Waiting_for_a_critical_section_ends_with_the_command()
    {
        if (!Fabric.RunsAtOnce)
        {
            Assert.That(Open().Submit(slave => slave.Critical("a", () => { })).Wait(Patience), Is.True, "Nobody else can be inside where commands run one after the other.");
            return;
        }

        var processor = Open(2);
        var (inside, go) = (Signal("inside"), Signal("go"));
        var holder = processor.Submit(slave => slave.Critical("a", () => Hold(inside, go)));
        Await("inside");
        var waiting = processor.Submit(slave => slave.Critical("a", () => { }), new FutureOptions { Timeout = TimeSpan.FromMilliseconds(100) });
        FailureOf<CommandTimeoutException>(waiting);
        Give("go");
        WaitFor(holder, "The holder");
        WaitFor(processor.Submit(slave => slave.Critical("a", () => { })), "The next");
    }

    [Promise(Seconds = 60)]
    [EndsSlaves]
    public void A_critical_section_is_released_when_its_holder_dies()
    {
        var processor = OpenToLose(2, losses: 1);
        if (Traits.SharedMemory)
        {
            WaitFor(processor.Submit(slave => slave.Critical("a", () => { })), "Nothing dies here");
            return;
        }

        FailureOf<SlaveLostException>(processor.Submit(slave => slave.Critical("a", () => Environment.Exit(3)), new FutureOptions { MaxAttempts = 1 }));
        WaitFor(processor.Submit(slave => slave.Critical("a", () => { })), "The next");
    }

    [Promise]
    public void Waiting_takes_no_core()
    {
        var processor = Open(2);
        if (!Fabric.RunsAtOnce)
        {
            Assert.That(processor.Submit(slave => slave.Critical("a", () => 1.ToString(System.Globalization.CultureInfo.InvariantCulture))).Wait(Patience), Is.True);
            return;
        }

        var (inside, go, begun) = (Signal("inside"), Signal("go"), Signal("begun"));
        var holder = processor.Submit(slave => slave.Critical("a", () => Hold(inside, go)));
        Await("inside");
        var waiting = processor.Submit(slave => WaitAndMeasure(slave, begun));
        Await("begun");
        Pause.For(2000);
        Give("go");
        WaitFor(Task.WhenAll(holder, waiting), "Both");
        Assert.That(waiting.Result, Is.LessThan(0.4), "Share of a core that the whole process took, its compiler included, in two seconds of waiting.");
    }

    [Promise(Seconds = 60)]
    public void Ordered_sections_are_entered_in_input_order()
    {
        var log = Signal("log");
        Open(3).Map(Enumerable.Range(0, 60).ToArray(), (x, slave) => Append(log, x, slave), One).ToArray();
        Assert.That(File.ReadAllLines(log), Is.EqualTo(Enumerable.Range(0, 60).Select(x => $"{x}")));
    }

    [Promise(Seconds = 60)]
    public void Ordered_sections_do_not_depend_on_blocks()
    {
        var processor = Open(2);
        foreach (var options in new[] { null, new MapOptions { ChunkSize = 7 }, new MapOptions { Debug = true } })
        {
            var log = Signal($"log{options?.ChunkSize}{options?.Debug}");
            processor.Map(Enumerable.Range(0, 50).ToArray(), (x, slave) => Append(log, x, slave), options).ToArray();
            Assert.That(File.ReadAllLines(log), Is.EqualTo(Enumerable.Range(0, 50).Select(x => $"{x}")));
        }
    }

    [Promise]
    public void An_item_that_never_enters_holds_nobody_back()
    {
        var log = Signal("log");
        Open(3).Map(Enumerable.Range(0, 40).ToArray(), (x, slave) => x % 2 == 1 ? 0 : Append(log, x, slave), One).ToArray();
        Assert.That(File.ReadAllLines(log), Is.EqualTo(Enumerable.Range(0, 40).Where(x => x % 2 == 0).Select(x => $"{x}")));
    }

    [Promise]
    public void An_item_that_fails_before_entering_holds_nobody_back()
    {
        var log = Signal("log");
        var results = Open(3).Map(Enumerable.Range(0, 30).ToArray(), (x, slave) => x == 4 ? throw new FormatException("four") : Append(log, x, slave), One);
        results.Wait();
        Assert.That(File.ReadAllLines(log), Is.EqualTo(Enumerable.Range(0, 30).Where(x => x != 4).Select(x => $"{x}")));
        Assert.That(results.FailureAt(4), Is.TypeOf<SlaveCommandException>());
    }

    [Promise]
    public void An_item_that_fails_inside_holds_nobody_back()
    {
        var log = Signal("log");
        var results = Open(3).Map(Enumerable.Range(0, 30).ToArray(), (x, slave) => Append(log, x, slave, failAt: 6), One);
        results.Wait();
        Assert.That(File.ReadAllLines(log), Is.EqualTo(Enumerable.Range(0, 30).Where(x => x != 6).Select(x => $"{x}")));
        Assert.That(((SlaveCommandException)results.FailureAt(6)!).RemoteMessage, Is.EqualTo("inside"));
    }

    [Promise(Seconds = 60)]
    [EndsSlaves]
    public void An_item_whose_slave_dies_before_it_enters_holds_nobody_back()
    {
        var processor = OpenToLose(2, losses: 1);
        var log = Signal("log");
        var (folder, master) = (Folder, Environment.ProcessId);
        var results = processor.Map(Enumerable.Range(0, 30).ToArray(), (x, slave) => Append(log, x == 5 ? DieOnce(folder, master) : x, slave, patience: 15_000), One);
        Assert.That(results.Count(value => value == 0), Is.EqualTo(30));
        var lines = File.ReadAllLines(log);
        Assert.That(lines.Distinct(), Is.EqualTo(Enumerable.Range(0, 30).Select(x => $"{x}")), $"What died with the slave before it came home is done again: {string.Join(' ', lines)}.");
    }

    [Promise]
    public void Work_outside_the_ordered_section_goes_on_at_once()
    {
        var folder = Folder;
        var log = Signal("log");
        var width = Fabric.RunsAtOnce ? 2 : 1;
        Open(2).Map(Enumerable.Range(0, width).ToArray(), (x, slave) => MeetThenAppend(folder, log, x, width, slave), One).ToArray();
        Assert.That(File.ReadAllLines(log), Has.Length.EqualTo(width));
    }

    [Promise]
    public void Outside_a_map_there_is_no_order()
    {
        var failure = FailureOf<SlaveCommandException>(Open().Submit(slave => slave.Ordered(() => { })));
        Assert.That(failure.RemoteType, Is.EqualTo(typeof(InvalidOperationException).FullName));
    }

    [Promise]
    public void What_is_local_lives_with_the_slave_across_maps()
    {
        var processor = Open(2);
        int[] Visit() => processor.Map(Enumerable.Range(0, 50).ToArray(), (_, slave) => Visits(slave), One).ToArray();
        var first = Visit();
        var second = Visit();
        Assert.That(first.Concat(second).Max(), Is.GreaterThanOrEqualTo(50), "One of two slaves has seen half of the items.");
        Assert.That(second.Min(), Is.GreaterThan(1).Or.EqualTo(1));
    }

    [Promise]
    public void Local_values_of_two_names_are_two()
    {
        var values = Open(1).Submit(slave =>
        {
            slave.Local(() => new int[1], "a")[0]++;
            slave.Local(() => new int[1], "b")[0] += 10;
            return slave.Local(() => new int[1], "a")[0] + slave.Local(() => new int[1], "b")[0];
        });
        WaitFor(values, "The future");
        Assert.That(values.Result, Is.EqualTo(11));
    }

    [Promise]
    public void Index_and_count_name_the_slaves()
    {
        var processor = Open(3);
        var seen = processor.Map(Enumerable.Range(0, 200).ToArray(), (_, slave) => (slave.Index, slave.Count, slave.Rank), One).ToArray();
        Assert.That(seen, Is.All.Matches<(int Index, int Count, int Rank)>(one => one.Index == one.Rank - 1 && one.Index < one.Count));
    }

    private static int Count(string file, ISlaveContext slave)
    {
        slave.Critical("count", () => File.WriteAllText(file, (int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return 0;
    }

    private static void Hold(string inside, string go)
    {
        File.WriteAllText(inside, "x");
        Pause.Until(() => File.Exists(go), 15_000);
    }

    private static double WaitAndMeasure(ISlaveContext slave, string begun)
    {
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        File.WriteAllText(begun, "x");
        slave.Critical("a", () => { });
        self.Refresh();
        return (self.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Adds a line in the ordered section. Only an item that is repeated after its slave was lost may be inside beside another, and then waits its turn here.</summary>
    private static int Append(string log, int x, ISlaveContext slave, int failAt = -1, int patience = 0)
    {
        slave.Ordered(() =>
        {
            if (x == failAt)
            {
                throw new FormatException("inside");
            }

            if (!Pause.Until(() => TryAddLine(log, x), patience))
            {
                throw new InvalidOperationException("Another was inside for all that time.");
            }
        });
        return 0;
    }

    /// <summary>False while another writes: the end of a file is where it was when the file was opened, so two who write at once would write over each other.</summary>
    private static bool TryAddLine(string log, int x)
    {
        try
        {
            using var file = new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.None);
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{x}\n"));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int MeetThenAppend(string folder, string log, int x, int count, ISlaveContext slave)
    {
        File.WriteAllText(Path.Combine(folder, $"met-{x}"), string.Empty);
        return Pause.Until(() => Directory.GetFiles(folder, "met-*").Length >= count, 15_000) ? Append(log, x, slave) : throw new TimeoutException("The others did not come.");
    }

    private static int DieOnce(string folder, int master)
    {
        var mark = Path.Combine(folder, "died");
        if (Environment.ProcessId != master && !File.Exists(mark))
        {
            File.WriteAllText(mark, "x");
            Environment.Exit(9);
        }

        return 5;
    }

    private static int Visits(ISlaveContext slave) => ++slave.Local(() => new int[1])[0];
}

/// <summary>Counts in a critical section.</summary>
public sealed class CountCommand(string file) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave) =>
        slave.Critical("count", () => File.WriteAllText(file, (int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
