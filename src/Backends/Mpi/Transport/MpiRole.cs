using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What a rank makes of what arrives. Called by the poller unless it says otherwise.</summary>
internal abstract class MpiRole
{
    /// <summary>The world is open: watching begins.</summary>
    internal abstract void Begin();

    /// <summary>Takes a frame. True with an arrival when there is one for <paramref name="by"/>.</summary>
    internal abstract bool Take(MpiCommunicator by, MpiPeer from, MpiMessage message, out Arrival arrival);

    /// <summary>There was nothing to take. True with an arrival when there is one all the same, such as a loss.</summary>
    internal abstract bool TakeNothing(MpiCommunicator by, out Arrival arrival);

    /// <summary>Whether data is passing through this rank, so that it should look often.</summary>
    internal abstract bool IsPassingData { get; }

    /// <summary>What is to be done now and then.</summary>
    internal abstract void Tend();

    /// <summary>Some rank's <see cref="MpiPeer.HasDied"/> was set. From any thread.</summary>
    internal abstract void NoteDeath();
}
