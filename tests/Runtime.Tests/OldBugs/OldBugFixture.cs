using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.OldBugs;

/// <summary>Bugs of the systems before this one, each shown not to be here, on the fabric where it could be. The tests are named by the bugs' numbers in the pages docs/from-*.md.</summary>
[Platform("Linux")]
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public abstract class OldBugFixture
{
    private Processor? _shared;

    /// <summary>Two slaves of the process fabric, which replaces those that die; all tests of the fixture use it.</summary>
    protected Processor Shared => _shared ??= Open(2);

    /// <summary>A folder of this test.</summary>
    protected string Folder { get; private set; } = string.Empty;

    [SetUp]
    public void MakeFolder() => Folder = Directory.CreateTempSubdirectory("old-bugs-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(Folder, true);

    [OneTimeTearDown]
    public void Close() => _shared?.Dispose();

    /// <summary>A processor on the process fabric.</summary>
    protected static Processor Open(int slaves, ProcessorOptions? options = null, params (string Key, string Value)[] settings) =>
        Processor.Load("process", (options ?? new()) with { Slaves = slaves, ShowOutput = false, Settings = settings.ToDictionary(pair => "process." + pair.Key, pair => pair.Value) });

    /// <summary>The value of a future that ends in bounded time.</summary>
    protected static T ValueOf<T>(Task<T> future)
    {
        End(future);
        return future.GetAwaiter().GetResult();
    }

    /// <summary>The exception of a future that ends in bounded time.</summary>
    protected static TException FailureOf<TException>(Task future)
        where TException : Exception
    {
        End(future);
        return Assert.Catch<TException>(() => future.GetAwaiter().GetResult())!;
    }

    /// <summary>Waits for a future, however it ends.</summary>
    protected static void End(Task future) => Assert.That(((IAsyncResult)future).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(20)), Is.True, "It did not end.");

    /// <summary>Waits inside a command until a file is there.</summary>
    protected static int WaitForFile(string path, int value)
    {
        Assert.That(SpinWait.SpinUntil(() => File.Exists(path), TimeSpan.FromSeconds(20)), Is.True, path);
        return value;
    }

    /// <summary>Ends the slave's process the first time it is called with this file.</summary>
    protected static int DieOnce(string file, int value)
    {
        if (!File.Exists(file))
        {
            File.WriteAllText(file, string.Empty);
            Environment.Exit(3);
        }

        return value;
    }

    /// <summary>Ends the slave's process.</summary>
    protected static int Die()
    {
        Environment.Exit(3);
        return 0;
    }

    /// <summary>Numbers without an end; each that is read is counted.</summary>
    protected static IEnumerable<int> Counted(int[] read)
    {
        for (var i = 0; ; i++)
        {
            read[0] = i + 1;
            yield return i;
        }
    }
}
