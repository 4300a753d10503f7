using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Processing;
using HpcRuntime.Tests.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>What a slave process sees and prints.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class ProcessSlaveTests
{
    [Test]
    public void Slaves_are_processes_of_their_own()
    {
        using var processor = Open(2);
        var ids = processor.ExecuteOnEverySlave(new ProcessIdCommand()).Values.ToArray();
        Assert.That(ids.Append(Environment.ProcessId).Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void Data_that_is_replaced_again_and_again_does_not_pile_up()
    {
        const int Bytes = 32 << 20;
        using var processor = Open(1);
        var before = processor.Execute(new PeakMemoryCommand());
        var array = new byte[Bytes];
        for (var i = 0; i < 20; i++)
        {
            processor.SendData("array", array);
            processor.Execute(new PeakMemoryCommand());
        }

        // Two that are waiting to be collected, the one that replaces a third, and that one.
        Assert.That(processor.Execute(new PeakMemoryCommand()) - before, Is.LessThan(6L * Bytes));
    }

    [TestCase("HPCRUNTIME_SLAVE", null)]
    [TestCase("DOTNET_STARTUP_HOOKS", null)]
    [TestCase("DOTNET_EnableDiagnostics", null)]
    [TestCase("OMP_NUM_THREADS", "1")]
    [TestCase("DOTNET_PROCESSOR_COUNT", "1")]
    [TestCase("MKL_NUM_THREADS", "7")]
    [TestCase("CURVES", "of growth")]
    public void A_slave_sees_the_variables_it_should(string name, string? value)
    {
        using var processor = Open(Environment.ProcessorCount, ("env.MKL_NUM_THREADS", "7"), ("env.CURVES", "of growth"));
        Assert.That(processor.Execute(new VariableCommand(name)), Is.EqualTo(value));
    }

    [Test]
    public void Standard_error_of_children_is_caught_apart()
    {
        using var processor = Open(1);
        var command = processor.AddToQueue(new ShellCommand("echo out; echo error >&2"));
        processor.RunQueue();
        Assert.That((command.Output.Out, command.Output.Error), Is.EqualTo(("out\n", "error\n")));
    }

    [Test]
    public void Output_of_a_child_that_outlives_its_command_is_the_slaves()
    {
        using var shown = new MemoryStream();
        var processor = Processor.Load("process", new ProcessorOptions { Slaves = 1, StandardOutput = shown });
        var folder = Directory.CreateTempSubdirectory("late-output-");
        var (go, gone) = (Path.Combine(folder.FullName, "go"), Path.Combine(folder.FullName, "gone"));
        var command = processor.AddToQueue(new ShellCommand($"(until [ -e '{go}' ]; do sleep 0.01; done; echo late; : > '{gone}') & echo early"));
        processor.RunQueue();
        processor.Execute(new NapCommand(1, 0));
        File.WriteAllText(go, string.Empty);
        Leftover.WaitFor(() => File.Exists(gone));
        processor.Execute(new NapCommand(1, 0));
        processor.Dispose();
        folder.Delete(recursive: true);
        Assert.That(command.Output.Out, Is.EqualTo("early\n"));
        Assert.That(System.Text.Encoding.UTF8.GetString(shown.ToArray()), Is.EqualTo("early\nlate\n"));
    }

    [Test]
    public void Standard_input_of_a_slave_is_empty()
    {
        using var processor = Open(1);
        Assert.That(processor.Execute(new ReadInputCommand()), Is.Empty);
    }

    [TestCase("OMP_NUM_THREADS")]
    [TestCase("MKL_NUM_THREADS")]
    [TestCase("OPENBLAS_NUM_THREADS")]
    [TestCase("DOTNET_PROCESSOR_COUNT")]
    public void Slaves_share_the_cores_unless_the_user_says_otherwise(string name)
    {
        foreach (var slaves in new[] { 1, 2, 5 })
        {
            using var processor = Open(slaves);
            var share = Math.Max(1, Environment.ProcessorCount / slaves);
            Assert.That(processor.Execute(new VariableCommand(name)), Is.EqualTo($"{share}"), $"{slaves} slaves.");
            Assert.That(processor.Execute(new CoresCommand()).Count, Is.EqualTo(share), "What .NET itself goes by.");
        }

        using var told = Open(1, ("env." + name, "3"));
        Assert.That(told.Execute(new VariableCommand(name)), Is.EqualTo("3"), "Set for slaves.");
        try
        {
            Environment.SetEnvironmentVariable(name, "5");
            using var inherited = Open(1);
            Assert.That(inherited.Execute(new VariableCommand(name)), Is.EqualTo("5"), "Set for the master.");
            using var both = Open(1, ("env." + name, "3"));
            Assert.That(both.Execute(new VariableCommand(name)), Is.EqualTo("3"), "What is set for slaves is the more particular.");
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [TestCase("7")]
    [TestCase("0")]
    public void The_priority_of_slaves_is_that_of_all_their_threads(string priority)
    {
        using var processor = Open(2, ("priority", priority));
        var expected = priority == "0" ? NiceCommand.OfThisProcess().Min() : int.Parse(priority, System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(processor.ExecuteOnEverySlave(new NiceCommand()).Values, Is.All.All.EqualTo(expected).And.All.Not.Empty);
    }

    [Test]
    public void A_slave_can_be_bound_to_a_core()
    {
        using var processor = Open(2, ("bind", "core"));
        var cores = processor.ExecuteOnEverySlave(new CoresCommand()).Values.Select(cores => cores.Allowed).ToArray();
        Assert.That(Own(new CoresCommand().Run(null!).Allowed), Is.True, "The master goes where it likes.");
        Assert.That(cores.Select(core => int.TryParse(core, out _)), Is.All.True, string.Join(' ', cores));
        Assert.That(cores.Distinct().Count(), Is.EqualTo(Math.Min(2, Environment.ProcessorCount)));
    }

    [Test]
    public void The_working_directory_of_slaves_can_be_set()
    {
        using var processor = Open(1, ("working-directory", Path.GetTempPath()));
        var command = processor.AddToQueue(new ShellCommand("pwd"));
        processor.RunQueue();
        Assert.That(command.Output.Out.TrimEnd('\n'), Is.EqualTo(Path.TrimEndingDirectorySeparator(Path.GetTempPath())));
        Assert.That(Environment.CurrentDirectory, Is.Not.EqualTo(Path.TrimEndingDirectorySeparator(Path.GetTempPath())), "The master stays where it is.");
    }

    [TestCase("heartbeat", "soon")]
    [TestCase("priority", "20")]
    [TestCase("max-restarts", "-1")]
    [TestCase("transport", "pigeon")]
    [TestCase("working-directory", "/no/such/folder")]
    [TestCase("colour", "blue")]
    public void An_option_that_makes_no_sense_is_refused_by_name(string key, string value) =>
        Assert.That(Assert.Throws<ArgumentException>(() => Open(1, (key, value)))!.Message, Does.Contain("process." + key));

    /// <summary>Whether a list of cores is all that this process may use.</summary>
    private static bool Own(string allowed) => allowed.Split(',').Sum(range => range.Split('-') is [var from, var to] ? int.Parse(to, System.Globalization.CultureInfo.InvariantCulture) - int.Parse(from, System.Globalization.CultureInfo.InvariantCulture) + 1 : 1) == Backends.Native.OwnProcess.Affinity().Count;

    private static Processor Open(int slaves, params (string Key, string Value)[] settings) =>
        Processor.Load("process", new ProcessorOptions { Slaves = slaves, ShowOutput = false, Settings = new Dictionary<string, string>(settings.Select(pair => KeyValuePair.Create("process." + pair.Key, pair.Value))) });
}
