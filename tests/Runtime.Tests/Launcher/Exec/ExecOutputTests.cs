using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using HpcRuntime.DataParallel;
using HpcRuntime.Launcher.Exec;
using NUnit.Framework;

namespace HpcRuntime.Tests.Launcher.Exec;

/// <summary>What jobs print, job by job.</summary>
internal sealed class ExecOutputTests : IDisposable
{
    private readonly MemoryStream _out = new();
    private readonly MemoryStream _error = new();
    private readonly List<long> _written = [];

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }

    [SetUp]
    public void Clear()
    {
        _out.SetLength(0);
        _error.SetLength(0);
        _written.Clear();
    }

    [Test]
    public void In_order_early_jobs_are_held_back_and_count_once_they_are_written()
    {
        using var output = Make(keepsOrder: true);
        output.Add(Job(2, "b\n"));
        output.Add(Job(4, "d\n"));
        Assert.That((Text(_out), output.Held, _written.Count), Is.EqualTo((string.Empty, 2, 0)));
        output.Add(Job(1, "a\n", "e\n"));
        Assert.That((Text(_out), Text(_error), output.Held), Is.EqualTo(("a\nb\n", "e\n", 1)));
        output.Skip(3);
        Assert.That((Text(_out), output.Held), Is.EqualTo(("a\nb\nd\n", 0)));
        Assert.That(_written, Is.EqualTo(new long[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void What_is_still_held_at_the_end_is_written_in_order()
    {
        using var output = Make(keepsOrder: true);
        output.Add(Job(5, "5"));
        output.Add(Job(3, "3"));
        output.Flush();
        Assert.That(Text(_out), Is.EqualTo("35"));
    }

    [Test]
    public void A_held_job_lets_go_of_its_memory()
    {
        var job = Job(2, new string('x', 100_000), "y");
        job.Hold();
        Assert.That((job.Result!.Out.Length, job.Result.Error.Length, job.Printed), Is.EqualTo((0, 0, 100_001L)));
        using var reader = new StreamReader(job.OpenOut());
        Assert.That(reader.ReadToEnd(), Has.Length.EqualTo(100_000));
        job.Dispose();
    }

    [TestCase("a\nb\n", "v w\ta\nv w\tb\n")]
    [TestCase("half", "v w\thalf")]
    [TestCase("\n", "v w\t\n")]
    [TestCase("", "")]
    public void Every_line_stands_behind_its_tag(string text, string expected)
    {
        using var output = Make(tags: true);
        output.Add(Job(1, text));
        Assert.That(Text(_out), Is.EqualTo(expected));
    }

    [Test]
    public void A_line_longer_than_the_buffer_has_one_tag()
    {
        using var output = Make(tags: true);
        output.Add(Job(1, new string('x', 200_000) + "\ny\n"));
        Assert.That(Text(_out), Is.EqualTo("v w\t" + new string('x', 200_000) + "\nv w\ty\n"));
    }

    [Test]
    public void Bytes_come_out_as_they_went_in()
    {
        var bytes = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        using var output = Make();
        output.Add(new EndedJob(1, [], new ExternalResult("x", DateTimeOffset.UnixEpoch) { Out = bytes }, () => { }));
        Assert.That(_out.ToArray(), Is.EqualTo(bytes));
    }

    [Test]
    public void Nothing_is_shown_where_files_are_written()
    {
        using var output = new ExecOutput(_out, _error, false, false, false, job => _written.Add(job.Number));
        output.Add(Job(1, "a", "b"));
        Assert.That((_out.Length, _error.Length, _written.Count), Is.EqualTo((0, 0, 1)));
    }

    [TestCase("never", 5, 0, false)]
    [TestCase("soon,fail=2", 1, 9, false)]
    [TestCase("soon,fail=2", 2, 0, true)]
    [TestCase("now,success=3", 9, 2, false)]
    [TestCase("now,success=3", 0, 3, true)]
    [TestCase("now,done=4", 2, 2, true)]
    [TestCase("1", 1, 0, true)]
    public void A_policy_counts_what_it_names(string policy, long failed, long succeeded, bool reached)
        => Assert.That(HaltPolicy.Parse(policy).IsReached(failed, succeeded), Is.EqualTo(reached));

    private static EndedJob Job(long number, string text, string error = "")
        => new(number, ["v", "w"], new ExternalResult("x", DateTimeOffset.UnixEpoch) { Out = Encoding.UTF8.GetBytes(text), Error = Encoding.UTF8.GetBytes(error) }, () => { });

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());

    private ExecOutput Make(bool keepsOrder = false, bool tags = false) => new(_out, _error, keepsOrder, tags, true, job => _written.Add(job.Number));
}
