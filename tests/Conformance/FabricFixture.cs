using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>What every fixture stands on: processors that are disposed after each test, the output they showed, a folder for signals between ranks, deadlines.</summary>
public abstract class FabricFixture(FabricUnderTest fabric)
{
    private readonly List<Processor> _opened = [];

    /// <summary>The longest wait for anything inside a test.</summary>
    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The fabric whose promises are held.</summary>
    protected FabricUnderTest Fabric { get; } = fabric;

    /// <summary>What the fabric promises.</summary>
    protected FabricTraits Traits => Fabric.Traits;

    /// <summary>Whether a command that ignores its cancellation goes on after its slave was given up: where slaves share the master's process. Elsewhere it is killed.</summary>
    protected bool GivenUpCommandsGoOn => Traits.SharedMemory || !(Traits.ReplacesSlaves || Fabric.EndsStuckSlaves);

    /// <summary>Slaves beside those of which a test loses one for good.</summary>
    protected int Spare => Fabric.LosesStuckSlaves ? 1 : 0;

    /// <summary>What processors of this test showed on standard output.</summary>
    protected CollectingStream ShownOut { get; private set; } = new();

    /// <summary>What processors of this test showed on standard error.</summary>
    protected CollectingStream ShownError { get; private set; } = new();

    /// <summary>A folder of this test, seen by every rank.</summary>
    protected string Folder { get; private set; } = string.Empty;

    [SetUp]
    public void MakeRoom()
    {
        if (!Fabric.SurvivesLosses && TestContext.CurrentContext.Test.Properties["Category"].Any("EndsSlaves".Equals))
        {
            Assert.Fail($"This promise ends slaves, and {Fabric.Name} was started so that the whole run would end with them: run it in a world that survives that.");
        }

        if (Fabric.SlavesInAll < 2 && TestContext.CurrentContext.Test.Properties["Category"].Any("TwoSlaves".Equals))
        {
            Assert.Fail($"This promise takes two slaves, and {Fabric.Name} was started with one in all: run it in a larger world.");
        }

        ShownOut = new CollectingStream();
        ShownError = new CollectingStream();
        Folder = Directory.CreateTempSubdirectory("conformance-").FullName;
    }

    [TearDown]
    public void ClearRoom()
    {
        var closing = Task.Run(() =>
        {
            foreach (var processor in _opened)
            {
                processor.Dispose();
            }
        });
        try
        {
            Assert.That(closing.Wait(Patience), Is.True, "Dispose must come back in bounded time.");
        }
        finally
        {
            _opened.Clear();
            DeleteFolder();
        }
    }

    /// <summary>A command that was given up may still leave a file while its thread ends.</summary>
    private void DeleteFolder()
    {
        for (var attempt = 1; Directory.Exists(Folder); attempt++)
        {
            try
            {
                Directory.Delete(Folder, true);
            }
            catch (IOException) when (attempt < 100)
            {
                System.Threading.Thread.Yield();
            }
        }
    }

    /// <summary>A processor of at most <paramref name="slaves"/> slaves (as many as the fabric can have), disposed after the test. What it shows is collected.
    /// Where there are only so many slaves in all, processors that this test opened before are disposed, the oldest first, until there are enough.</summary>
    protected Processor Open(int slaves = 2, ProcessorOptions? options = null)
    {
        slaves = Math.Min(slaves, Fabric.MostSlaves);
        while (_opened.Count > 0 && _opened.Sum(opened => (long)opened.SlaveCount) + slaves > Fabric.SlavesInAll)
        {
            _opened[0].Dispose();
            _opened.RemoveAt(0);
        }

        var processor = Fabric.Open(slaves, (options ?? new ProcessorOptions()) with { StandardOutput = ShownOut, StandardError = ShownError });
        _opened.Add(processor);
        return processor;
    }

    /// <summary>A processor of which so many slaves will be lost: it has as many more where they have no successors.</summary>
    protected Processor OpenToLose(int slaves, int losses) => Open(Traits.SharedMemory || Traits.ReplacesSlaves ? slaves : slaves + losses);

    /// <summary>Waits for <paramref name="task"/> without caring how it ends; fails when it does not end.</summary>
    protected static void WaitFor(Task task, string what) =>
        Assert.That(((IAsyncResult)task).AsyncWaitHandle.WaitOne(Patience), Is.True, $"{what} did not end within {Patience.TotalSeconds:0} s.");

    /// <summary>Waits for <paramref name="condition"/>; fails when it does not come true.</summary>
    protected static void WaitUntil(Func<bool> condition, string what) =>
        Assert.That(SpinWait.SpinUntil(condition, Patience), Is.True, $"{what} did not come true within {Patience.TotalSeconds:0} s.");

    /// <summary>The exception of type <typeparamref name="T"/> with which <paramref name="task"/> ended.</summary>
    protected static T FailureOf<T>(Task task)
        where T : Exception
    {
        WaitFor(task, "The task");
        return Assert.Catch<T>(() => task.GetAwaiter().GetResult())!;
    }

    /// <summary>Runs <paramref name="body"/> on a thread of its own and waits for it.</summary>
    protected static void OnAnotherThread(Action body)
    {
        var task = Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        WaitFor(task, "The other thread");
        task.GetAwaiter().GetResult();
    }

    /// <summary>The path of a signal: a file that one rank makes and another waits for.</summary>
    protected string Signal(string name) => Path.Combine(Folder, name);

    /// <summary>Gives a signal.</summary>
    protected void Give(string name) => File.WriteAllText(Signal(name), string.Empty);

    /// <summary>Waits on the master for a signal that a command gives.</summary>
    protected void Await(string name) => WaitUntil(() => File.Exists(Signal(name)), $"Signal '{name}'");

    /// <summary>Runs a small command through and checks its value: the processor still works.</summary>
    protected static void AssertUsable(Processor processor)
    {
        ArgumentNullException.ThrowIfNull(processor);
        Assert.That(processor.QueuedCount, Is.Zero, "The queue must be empty.");
        var values = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            processor.AddToQueue(new EchoCommand(i), values.Add);
        }

        processor.RunQueue();
        Assert.That(values, Is.EquivalentTo(new[] { 0, 1, 2, 3, 4 }));
    }

    /// <summary>After the only slave was stuck: the processor still works, or says that it has no slave where that one was given up without a successor.</summary>
    protected void AssertUsableOrWithoutSlave(Processor processor)
    {
        ArgumentNullException.ThrowIfNull(processor);
        if (Fabric.LosesStuckSlaves)
        {
            Assert.Throws<SlaveLostException>(() => processor.Execute(new EchoCommand(1)));
            return;
        }

        AssertUsable(processor);
    }

    /// <summary>How long <paramref name="body"/> took.</summary>
    protected static TimeSpan TimeOf(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var start = Stopwatch.GetTimestamp();
        body();
        return Stopwatch.GetElapsedTime(start);
    }
}
