using System;
using System.IO;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Launcher.Exec;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Launcher.Exec;

/// <summary>What is left of a run in files: the job log and the results folder.</summary>
internal sealed class JobLogTests
{
    private const string Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";
    private DirectoryInfo _folder = null!;

    private string File => Path.Combine(_folder.FullName, "log");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory();

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public void A_job_is_a_line_in_GNU_parallels_columns()
    {
        using (var log = new JobLog(File, resume: false, repeatFailed: false))
        {
            log.Add(3, Result(137), 12, "echo 'a b'");
        }

        var lines = System.IO.File.ReadAllLines(File);
        Assert.That(lines[0] + "\n", Is.EqualTo(Header));
        Assert.That(lines[1], Is.EqualTo($"3\t{Environment.MachineName}\t1700000000.250\t     1.500\t0\t12\t137\t9\techo 'a b'"));
    }

    [Test]
    public void Half_a_line_at_the_end_is_no_job_and_is_taken_away()
    {
        System.IO.File.WriteAllText(File, Header + Line(1, 0, "a") + "2\thost\t170000");
        using (var log = new JobLog(File, resume: true, repeatFailed: false))
        {
            Assert.That((log.DoneBefore, log.IsDone(Job(1), "a"), log.IsDone(Job(2), "b")), Is.EqualTo((1, true, false)));
            log.Add(2, Result(0), 0, "b");
        }

        Assert.That(System.IO.File.ReadAllLines(File).Select(line => line.Split('\t')[0]), Is.EqualTo(new[] { "Seq", "1", "2" }));
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void A_failed_job_is_done_unless_failed_ones_are_repeated(bool repeat, bool done)
    {
        System.IO.File.WriteAllText(File, Header + Line(1, 2, "a") + Line(2, 0, "b"));
        using var log = new JobLog(File, true, repeat);
        Assert.That((log.IsDone(Job(1), "a"), log.IsDone(Job(2), "b")), Is.EqualTo((done, true)));
    }

    [Test]
    public void The_last_line_of_a_job_counts()
    {
        System.IO.File.WriteAllText(File, Header + Line(1, 2, "a") + Line(1, 0, "a"));
        using var log = new JobLog(File, true, true);
        Assert.That(log.IsDone(Job(1), "a"), Is.True);
    }

    [Test]
    public void A_command_of_several_lines_is_one_line_and_recognised()
    {
        using (var log = new JobLog(File, false, false))
        {
            log.Add(1, Result(0), 0, "a\nb\tc\\");
        }

        using var again = new JobLog(File, true, false);
        Assert.That(again.IsDone(Job(1), "a\nb\tc\\"), Is.True);
    }

    [Test]
    public void Another_command_in_its_place_is_refused()
    {
        System.IO.File.WriteAllText(File, Header + Line(1, 0, "a"));
        using var log = new JobLog(File, true, false);
        Assert.That(() => log.IsDone(Job(1), "b"), Throws.TypeOf<UsageException>().With.Message.Contains("job 1 is another command").And.Message.Contains("'b'"));
    }

    [TestCase("something else\n")]
    [TestCase(Header + "1\tx\n")]
    [TestCase(Header + "1\thost\t0\t0\t0\t0\tzero\t0\ta\n")]
    public void A_file_that_is_no_log_is_refused_and_left_as_it_is(string text)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.That(() => new JobLog(File, true, false), Throws.TypeOf<UsageException>().With.Message.Contains(File));
        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo(text));
    }

    [Test]
    public void A_log_that_cannot_be_written_is_refused()
        => Assert.That(() => new JobLog(Path.Combine(_folder.FullName, "no", "log"), false, false), Throws.TypeOf<UsageException>().With.Message.Contains("cannot be written"));

    [Test]
    public void Results_are_files_below_their_values()
    {
        var result = Result(0);
        result.Out = [1, 2];
        result.Error = [3];
        new ResultsFolder(_folder.FullName).Add(new ExecJob(7, ["a/b", ".."], string.Empty, string.Empty, []), result);
        var place = Path.Combine(_folder.FullName, "1", "a\\_b", "2", "\\..");
        Assert.That(System.IO.File.ReadAllBytes(Path.Combine(place, "stdout")), Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(System.IO.File.ReadAllBytes(Path.Combine(place, "stderr")), Is.EqualTo(new byte[] { 3 }));
        Assert.That(System.IO.File.ReadAllText(Path.Combine(place, "seq")), Is.EqualTo("7"));
    }

    [Test]
    public void Different_values_have_different_folders()
        => Assert.That(new[] { "a/b", "a\\_b", "a\tb", "a\\tb", "", ".", "..", "\\e", "\\.", "a" }.Select(ResultsFolder.NameOf), Is.Unique.And.All.Matches("^(?!\\.{0,2}$)[^/]+$"));

    [Test]
    public void A_value_too_long_for_a_folder_is_refused()
        => Assert.That(() => ResultsFolder.NameOf(new string('x', 300)), Throws.TypeOf<UsageException>().With.Message.Contains("too long"));

    private static string Line(int number, int code, string command) => FormattableString.Invariant($"{number}\thost\t1700000000.000\t     0.001\t0\t0\t{code}\t0\t{command}\n");

    private static ExecJob Job(long number) => new(number, [], string.Empty, string.Empty, []);

    private static ExternalResult Result(int code) => new("x", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250)) { ExitCode = code, Duration = TimeSpan.FromSeconds(1.5) };
}
