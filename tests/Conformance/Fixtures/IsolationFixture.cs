using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 8: a command that changes its own fields or arguments changes nothing on the master.</summary>
public abstract class IsolationFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_command_that_changes_its_fields_changes_its_copy()
    {
        var processor = Open();
        var command = new MutateCommand([1, 2], ["x"]);
        Assert.That(processor.Execute(command), Is.EqualTo("0;1,2;x"));
        Assert.That(command.Runs, Is.Zero);
    }

    [Promise]
    public void A_command_that_changes_its_arguments_changes_copies()
    {
        var processor = Open();
        int[] numbers = [1, 2];
        List<string> names = ["x"];
        processor.Execute(new MutateCommand(numbers, names));
        Assert.That((numbers[0], names.Count), Is.EqualTo((1, 1)));
    }

    [Promise]
    public void Large_arguments_are_copies_too()
    {
        var processor = Open();
        var numbers = new int[1_000_000];
        processor.Execute(new MutateCommand(numbers, []));
        Assert.That(numbers[0], Is.Zero);
    }

    [Promise]
    public void Two_commands_with_one_argument_each_have_their_own()
    {
        var processor = Open(1);
        int[] shared = [5];
        var found = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            processor.AddToQueue(new MutateCommand(shared, []), found.Add);
        }

        processor.RunQueue();
        Assert.That(found, Is.EqualTo(Enumerable.Repeat("0;5;", 10)));
    }

    [Promise]
    public void One_command_object_run_again_starts_from_its_own_state()
    {
        var processor = Open(1);
        var command = new MutateCommand([7], ["y"]);
        Assert.That(Enumerable.Range(0, 5).Select(_ => processor.Execute(command)), Is.All.EqualTo("0;7;y"));
    }

    [Promise]
    public void A_value_is_the_masters_own()
    {
        var processor = Open();
        List<int> list = [1, 2, 3];
        var home = processor.Execute(new ReturnArgumentCommand(list));
        home.Add(4);
        Assert.That((list.Count, home.Count), Is.EqualTo((3, 4)));
        Assert.That(home, Is.Not.SameAs(list));
    }

    [Promise]
    public void Data_changed_on_the_master_after_it_was_sent_does_not_change_on_slaves()
    {
        var processor = Open();
        int[] numbers = [1, 2, 3];
        processor.SendData("numbers", numbers);
        processor.Execute(new SilentCommand());
        numbers[0] = 100;
        Assert.That(processor.Execute(new SumDataCommand("numbers")), Is.EqualTo(6));
    }

    [Promise]
    public void A_start_up_changes_copies_only()
    {
        var startup = new CountingStartup();
        var processor = Open(2, new ProcessorOptions { Startups = [startup] });
        processor.ExecuteOnEverySlave(new FactsCommand());
        Assert.That(startup.Count, Is.Zero);
    }
}
