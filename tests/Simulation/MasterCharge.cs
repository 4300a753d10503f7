namespace HpcRuntime.Simulation;

/// <summary>What the master's own work costs in its virtual time.</summary>
internal abstract class MasterCharge
{
    /// <summary>Ticks for what the master did since <see cref="Resume"/>; called when it hands over to the simulation.</summary>
    /// <param name="results">Results in the message that it was given then.</param>
    internal abstract long Pause(int results);

    /// <summary>The master goes on.</summary>
    internal virtual void Resume()
    {
    }
}

/// <summary>A fixed cost for each result that comes home, in which all else for its command is contained: the same virtual time in every run.</summary>
internal sealed class FixedCharge(double seconds) : MasterCharge
{
    internal override long Pause(int results) => results * VirtualClock.Ticks(seconds);
}
