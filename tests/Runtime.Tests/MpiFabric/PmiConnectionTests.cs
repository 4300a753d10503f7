using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using HpcRuntime.Backends.Mpi;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>How a rank takes leave of hydra's daemon: over a socket whose other end is the test.</summary>
public sealed class PmiConnectionTests
{
    [TestCase("cmd=finalize_ack\n", Description = "What hydra answers.")]
    [TestCase("cmd=finalize_ack", Description = "Half a line, and nothing more.")]
    [TestCase("", Description = "Another version of PMI.")]
    public void Whatever_a_daemon_answers_the_rank_goes_on(string answer)
    {
        var path = Path.Combine(Path.GetTempPath(), "pmi-" + Guid.NewGuid().ToString("N"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var rank = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = true };
        rank.Connect(new UnixDomainSocketEndPoint(path));
        using var daemon = listener.Accept();
        File.Delete(path);

        var finish = Task.Run(() => PmiConnection.Finish(name => name == "PMI_FD" ? rank.Handle.ToString(CultureInfo.InvariantCulture) : null));
        var line = new byte[64];
        var length = daemon.Receive(line);
        daemon.Send(Encoding.ASCII.GetBytes(answer));

        Assert.That(Encoding.ASCII.GetString(line, 0, length), Is.EqualTo("cmd=finalize\n"));
        Assert.That(finish.Wait(TimeSpan.FromSeconds(60)), Is.True, "It waits for ever.");
    }
}
