using System;
using System.IO;
using System.Text;
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
            MpiexecErrors.Pass(new Pieces(Encoding.UTF8.GetBytes(input), piece), output);

            Assert.That(Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo(expected), $"in pieces of {piece}");
        }
    }

    [Test]
    public void A_long_line_passes_whole()
    {
        var line = "[" + new string('x', 100_000) + "]\n";
        using var output = new MemoryStream();
        MpiexecErrors.Pass(new MemoryStream(Encoding.UTF8.GetBytes(line)), output);

        Assert.That(Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo(line));
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, size));
    }
}
