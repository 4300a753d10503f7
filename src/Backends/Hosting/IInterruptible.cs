using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>What an interrupted program can be asked: implemented by the processor's host, and by tests.</summary>
internal interface IInterruptible
{
    /// <summary>Asks the run to end: what waits is cancelled, what runs is asked to stop. From any thread.</summary>
    void Cancel(string reason);

    /// <summary>Ends every slave at once. From any thread.</summary>
    void Abort();

    /// <summary>How far it has come. From any thread.</summary>
    ProcessorStatistics Statistics { get; }
}
