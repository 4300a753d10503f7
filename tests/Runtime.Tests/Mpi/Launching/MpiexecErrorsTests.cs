using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Backends.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi.Launching;

/// <summary>Standard error of mpiexec on its way to ours.</summary>
internal sealed class MpiexecErrorsTests
{
    private const string Noise = "[vm:15684] PMIX ERROR: BAD-PARAM in file ../../../src/event/pmix_event_notification.c at line 1033\n[vm:13669] plm:rsh: Warning: setpgid(13680,13680) failed in parent with errno=Permission denied(13)\n";

    [TestCase("", "")]
    [TestCase("an error\n", "an error\n")]
    [TestCase("no end", "no end")]
    [TestCase("[13:26:02.664 WRN rank 0 h1:5733] a warning\n", "[13:26:02.664 WRN rank 0 h1:5733] a warning\n")]
    [TestCase("[no end", "[no end")]
    [TestCase("before\n" + Noise + "after [x]\n", "before\nafter [x]\n")]
    [TestCase("in a line " + Noise, "in a line [vm:15684] PMIX ERROR: BAD-PARAM in file ../../../src/event/pmix_event_notification.c at line 1033\n")]
    public void What_says_nothing_is_left_out_however_it_comes_in_pieces(string input, string expected)
    {
        for (var piece = 1; piece <= Math.Max(1, input.Length); piece++)
        {
            using var output = new MemoryStream();
            MpiexecErrors.Pass(new Pieces(Encoding.UTF8.GetBytes(input), piece), output, _ => false);

            Assert.That(Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo(expected), $"in pieces of {piece}");
        }
    }

    [TestCase("\u001ea 1\n", "", "\u001ea 1")]
    [TestCase("before\n\u001ea 1\n\u001eb 2\nafter\n", "before\nafter\n", "\u001ea 1", "\u001eb 2")]
    [TestCase("no end \u001ea 1\n and on\n", "no end  and on\n", "\u001ea 1")]
    [TestCase("[no end \u001ea 1\n[and on\n", "[no end [and on\n", "\u001ea 1")]
    [TestCase("\u001ea 1\n" + Noise + "\u001ea\u001eb 2\n", "\u001ea", "\u001ea 1", "\u001eb 2")]
    [TestCase("\u001eother's\n\u001eno end", "\u001eother's\n\u001eno end", "\u001eother's")]
    public void Words_are_taken_out_wherever_they_begin(string input, string expected, params string[] words)
    {
        for (var piece = 1; piece <= input.Length; piece++)
        {
            var taken = new List<string>();
            using var output = new MemoryStream();
            MpiexecErrors.Pass(new Pieces(Encoding.UTF8.GetBytes(input), piece), output, line =>
            {
                taken.Add(Encoding.UTF8.GetString(line));
                return taken[^1] != "\u001eother's";
            });

            Assert.That((Encoding.UTF8.GetString(output.ToArray()), string.Join('|', taken)), Is.EqualTo((expected, string.Join('|', words))), $"in pieces of {piece}");
        }
    }

    [Test]
    public void A_long_line_passes_whole()
    {
        var line = "[" + new string('x', 100_000) + "]\n";
        using var output = new MemoryStream();
        MpiexecErrors.Pass(new MemoryStream(Encoding.UTF8.GetBytes(line)), output, _ => false);

        Assert.That(Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo(line));
    }

    [Test]
    public void Words_are_taken_while_nobody_reads_and_all_passes_once_somebody_does()
    {
        using var word = new ManualResetEventSlim();
        using var output = new Gate();
        using var errors = new MpiexecErrors(output, _ =>
        {
            word.Set();
            return true;
        });
        using (var writer = Begin(errors))
        {
            writer.Write("before\n"u8);
            output.Reached.Wait(); // It is in the midst of writing.
            writer.Write(Encoding.UTF8.GetBytes(new string('x', 1_000_000) + "\n\u001ea 1\nafter\n"));

            Assert.That(word.Wait(TimeSpan.FromSeconds(60)), "the word is taken");
        }

        var asked = 0;
        errors.Finish(() =>
        {
            output.Open.Set(); // It is still waited for when the writer's last words are long gone.
            asked++;
            return false;
        });

        Assert.That(asked, Is.Positive);
        Assert.That(Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo("before\n" + new string('x', 1_000_000) + "\nafter\n"));
    }

    [Test]
    public void What_nobody_reads_holds_up_nobody_who_wants_to_leave()
    {
        using var output = new Gate();
        using var errors = new MpiexecErrors(output, _ => true);
        using (var writer = Begin(errors))
        {
            writer.Write("text\n"u8);
            output.Reached.Wait();
        }

        errors.Finish(() => true);

        Assert.That(output.Length, Is.Zero);
        output.Open.Set();
    }

    [Test]
    public void A_process_that_outlives_mpiexec_and_keeps_its_standard_error_is_not_waited_for()
    {
        using var output = new MemoryStream();
        using var errors = new MpiexecErrors(output, _ => false);
        using var writer = Begin(errors);
        writer.Write("text\n"u8);

        errors.Finish(() => false);
        var end = Task.Run(errors.Dispose);

        Assert.That(end.Wait(TimeSpan.FromSeconds(60)));
        Assert.That(Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo("text\n"));
    }

    [Test]
    public void Words_are_taken_where_standard_error_cannot_be_written()
    {
        var words = 0;
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var errors = new MpiexecErrors(full, _ => ++words > 0);
        using (var writer = Begin(errors))
        {
            for (var i = 0; i < 5000; i++)
            {
                writer.Write("text\n\u001ea 1\n"u8);
            }
        }

        errors.Finish(() => false);

        Assert.That(words, Is.EqualTo(5000));
    }

    /// <summary>What mpiexec would write to.</summary>
    private static FileStream Begin(MpiexecErrors errors)
    {
        var writer = new FileStream(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{errors.Descriptor}"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        errors.Begin();
        return writer;
    }

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class Gate : MemoryStream
    {
        internal ManualResetEventSlim Reached { get; } = new();

        internal ManualResetEventSlim Open { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Reached.Set();
            Open.Wait();
            base.Write(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            Open.Set();
            base.Dispose(disposing);
        }
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, size));
    }
}
