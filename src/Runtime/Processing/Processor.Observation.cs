using System.Threading;

namespace HpcRuntime.Processing;

/// <content>How far it is.</content>
public sealed partial class Processor
{
    /// <summary>What has been done so far. From any thread; figures of slaves may be a moment old.</summary>
    public ProcessorStatistics Statistics => _loop.Snapshot(Interlocked.Read(ref _lastId));

    private WorkProgress CountProgress()
    {
        var s = Statistics;
        return new WorkProgress(s.Queued, false, s.Done, s.Failed, s.Cancelled, s.Running, s.Elapsed);
    }
}
