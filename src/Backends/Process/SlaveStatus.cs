using HpcRuntime.Fabrics;
using HpcRuntime.Output;

namespace HpcRuntime.Backends.Process;

/// <summary>Leaves word in the page that the master reads after this slave's death.</summary>
internal sealed class SlaveStatus(SlavePage page, DescriptorCapture capture, ISlaveConnection connection) : IRankStatus
{
    private long _begun;

    public void Running(long id)
    {
        if (id != 0)
        {
            page.Begun = ++_begun;
        }

        page.Running = id;
    }

    public void Shipped()
    {
        if (connection.HoldsBack)
        {
            return; // What this process still holds dies with it: the master reads it from the files instead.
        }

        page.OutShipped = capture.Settled(OutputStream.Out);
        page.ErrorShipped = capture.Settled(OutputStream.Error);
    }
}
