using HpcRuntime.Fabrics;
using HpcRuntime.Output;

namespace HpcRuntime.Backends.Slaves;

/// <summary>Leaves word in the page that the master reads after this slave's death.</summary>
internal sealed class SlaveStatus(SlavePage page, DescriptorCapture capture) : IRankStatus
{
    private long _begun;
    private long _messages;
    private int _marks;
    private (long Out, long Error) _marked;

    public void Running(long id)
    {
        if (id != 0)
        {
            page.Begun = ++_begun;
        }

        page.Running = id;
    }

    public void Sending(bool withOutput)
    {
        _messages++;
        var settled = (capture.Settled(OutputStream.Out), capture.Settled(OutputStream.Error));
        if (withOutput && settled != _marked)
        {
            // Before the message, with its number: the master knows how many arrived, so no byte is shown twice or not at all, whenever this process dies.
            _marked = settled;
            page.Mark(_marks++, new OutputMark(_messages, settled.Item1, settled.Item2));
        }
    }
}
