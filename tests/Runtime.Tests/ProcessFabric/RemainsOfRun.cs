using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>A process as the system lists it.</summary>
public sealed record ListedProcess(int Id, int Parent, int Group, char State, string Name);

/// <summary>One run of hpcrun whose every process is known by a variable that all of them inherit, with a folder for temporary files of its own.
/// Its slaves have started programs that would go on for ten minutes.</summary>
internal sealed class RemainsOfRun : IDisposable
{
    private const string Application = ":HpcRuntime.Tests.Applications.LingeringApplication";
    private readonly string _folder = Directory.CreateTempSubdirectory("remains-").FullName;
    private readonly string _mark = $"REMAINS_OF_RUN={Guid.NewGuid()}";
    private readonly string[] _sharedBefore = Directory.GetFileSystemEntries("/dev/shm");
    private readonly HpcrunProcess _hpcrun;

    internal RemainsOfRun(string way, string[] options)
    {
        var mark = _mark.Split('=');
        _hpcrun = HpcrunProcess.Start([(mark[0], mark[1]), ("TMPDIR", _folder)], ["run", TestApplications.Assembly + Application, "--processor", "process", "-n", "2", .. options, "--", way]);
        _hpcrun.WaitForLine("started");
    }

    internal int Master => _hpcrun.Id;

    internal int WaitForExit() => _hpcrun.WaitForExit().Code;

    /// <summary>The slaves; the master's other child is its guard.</summary>
    internal int[] Slaves() => [.. Processes().Where(process => process.Parent == Master && process.Name != "sh").Select(process => process.Id)];

    /// <summary>All processes of the run, the dead that nobody has reaped left out.</summary>
    internal IReadOnlyList<ListedProcess> Processes()
    {
        var mark = Encoding.ASCII.GetBytes(_mark);
        var found = new List<ListedProcess>();
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                if (File.ReadAllBytes(folder + "/environ").AsSpan().IndexOf(mark) >= 0 || IsGuard(folder))
                {
                    found.Add(Read(folder));
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at, or is another user's.
            }
        }

        return [.. found.Where(process => process.State is not ('Z' or 'X'))];
    }

    internal string[] TemporaryFiles() => Directory.GetFileSystemEntries(_folder);

    /// <summary>All are there, and none of them uses a file in /dev/shm.</summary>
    internal void AssertAtWork(int slaves)
    {
        var processes = Processes();
        Show("before", processes);
        Assert.That(Slaves(), Has.Length.EqualTo(slaves));
        Assert.That(processes.Count(process => process.Name == "sleep"), Is.EqualTo(slaves));
        Assert.That(processes, Has.Count.EqualTo(2 + (2 * slaves)), "The master and its guard, the slaves and what they have started.");
        Assert.That(processes.SelectMany(process => OpenFiles(process.Id)).Where(file => file.StartsWith("/dev/shm", StringComparison.Ordinal)), Is.Empty, "What has no name cannot be left behind.");
    }

    internal void AssertNothingIsLeft(TimeSpan patience)
    {
        SpinWait.SpinUntil(() => Processes().Count == 0 && TemporaryFiles().Length == 0, patience);
        Show("after", Processes());
        Assert.That(Processes(), Is.Empty);
        Assert.That(TemporaryFiles(), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries("/dev/shm", "*hpcruntime*").Except(_sharedBefore), Is.Empty);
    }

    public void Dispose()
    {
        _hpcrun.Dispose();
        foreach (var process in Processes())
        {
            SystemCalls.Kill(process.Id, 9); // Only when a test has failed.
        }

        Directory.Delete(_folder, true);
    }

    private static ListedProcess Read(string folder)
    {
        var stat = File.ReadAllText(folder + "/stat");
        var (open, close) = (stat.IndexOf('(', StringComparison.Ordinal), stat.LastIndexOf(')'));
        var rest = stat[(close + 2)..].Split(' ');
        return new ListedProcess(Number(Path.GetFileName(folder)), Number(rest[1]), Number(rest[2]), rest[0][0], stat[(open + 1)..close]);
    }

    /// <summary>Whether it is the guard of this master. The files that it looks after carry the master's number.</summary>
    private bool IsGuard(string folder)
    {
        var commandLine = File.ReadAllText(folder + "/cmdline");
        return commandLine.StartsWith("hpcruntime-guardian\0", StringComparison.Ordinal) && commandLine.Contains(string.Create(CultureInfo.InvariantCulture, $"-{Master}-"), StringComparison.Ordinal);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string> OpenFiles(int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        try
        {
            return [.. Directory.GetFileSystemEntries(folder + "/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget ?? string.Empty),
                .. File.ReadAllLines(folder + "/maps").Where(line => line.Contains('/', StringComparison.Ordinal)).Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])];
        }
        catch (IOException)
        {
            return []; // It has just ended.
        }
    }

    private void Show(string when, IReadOnlyList<ListedProcess> processes)
    {
        TestContext.Out.WriteLine($"{when}: {processes.Count} processes");
        foreach (var process in processes)
        {
            TestContext.Out.WriteLine($"  {process}");
        }

        TestContext.Out.WriteLine($"  /dev/shm: {string.Join(' ', Directory.GetFileSystemEntries("/dev/shm").Select(Path.GetFileName))}");
        TestContext.Out.WriteLine($"  temporary files: {string.Join(' ', TemporaryFiles().Select(Path.GetFileName))}");
    }
}
