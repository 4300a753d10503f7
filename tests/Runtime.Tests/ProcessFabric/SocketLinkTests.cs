using System.Collections.Generic;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Process;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

[Platform("Linux")]
internal sealed class SocketLinkTests
{
    [Test]
    public void What_is_left_to_send_is_forgotten_when_the_other_end_is_gone()
    {
        var (here, there) = LocalSocket.CreatePair();
        using var link = new SocketLink(here, new Stack<SocketMessage>());
        link.Send(new byte[8 * 1024 * 1024], []); // More than a socket takes while nobody reads.
        Assert.That(link.HasBacklog, Is.True);

        Descriptors.Close(there);
        Assert.That(link.Flush(), Is.True);
        Assert.That(link.HasBacklog, Is.False);
        Assert.That(() => link.Send(new byte[8], []), Throws.Nothing, "Reading finds the end, not sending.");
    }
}
