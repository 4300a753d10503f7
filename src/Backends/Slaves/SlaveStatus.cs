using System.Diagnostics;
using System.Threading;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;

namespace HpcRuntime.Backends.Slaves;

/// <summary>Leaves word in the page that the master reads after this slave's death, and looks whether the slave has served its time.</summary>
/// <param name="page">The slave's page.</param>
/// <param name="capture">Of what it prints.</param>
/// <param name="recycleAfter">Commands after which it wants to be renewed; 0 for never.</param>
/// <param name="maxMemory">Resident bytes beyond which it wants to be renewed between commands; 0 for never.</param>
internal sealed class SlaveStatus(SlavePage page, DescriptorCapture capture, long recycleAfter = 0, long maxMemory = 0) : IRankStatus
{
    /// <summary>Memory is not looked at more often: it costs a system call.</summary>
    private static readonly long LookInterval = Stopwatch.Frequency / 200;

    private readonly ResidentMemory? _memory = maxMemory > 0 ? ResidentMemory.OfThisProcess() : null;
    private long _completed;
    private long _messages;
    private long _lookedAt;
    private int _marks;
    private (long Out, long Error) _marked;

    public bool IsWorn { get; private set; }

    public bool TryBegin(long id, long returns)
    {
        Running(id);
        Interlocked.MemoryBarrier(); // The other half of SlavePage.Revoke.
        if (page.Revocations == returns)
        {
            return true;
        }

        page.Running = 0;
        return false;
    }

    public void Running(long id)
    {
        if (id != 0)
        {
            page.Last = id;
            page.Running = id;
            return;
        }

        page.Running = 0;
        page.Completed = ++_completed;
        IsWorn = (recycleAfter > 0 && _completed >= recycleAfter) || OutgrewItsMemory();
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

    private bool OutgrewItsMemory()
    {
        var now = _memory is null ? 0 : Stopwatch.GetTimestamp();
        if (_memory is null || now - _lookedAt < LookInterval)
        {
            return false;
        }

        _lookedAt = now;
        page.Resident = _memory.Read();
        return page.Resident > maxMemory;
    }
}
