using HpcRuntime.Fabrics;
using HpcRuntime.Output;

namespace HpcRuntime.Backends.Process;

/// <summary>Leaves word in the page that the master reads after this slave's death.</summary>
internal sealed class SlaveStatus(SlavePage page, DescriptorCapture capture) : IRankStatus
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
        page.OutShipped = capture.Settled(OutputStream.Out);
        page.ErrorShipped = capture.Settled(OutputStream.Error);
    }
}
