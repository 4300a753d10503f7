using System;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Conformance;

/// <summary>A fabric whose promises are held: what it says of itself, and how a processor is opened on it.</summary>
/// <param name="Name">The name by which <see cref="Processor.FabricName"/> must call it.</param>
/// <param name="Traits">What it promises. A fixture whose premise it does not offer asserts the promised refusal instead.</param>
/// <param name="Open">Opens a processor with that many slaves, which never exceed <see cref="FabricTraits.MaxSlaves"/>. The suite disposes it.</param>
public sealed record FabricUnderTest(string Name, FabricTraits Traits, Func<int, ProcessorOptions, Processor> Open)
{
    /// <summary>The most slaves a test may have at once; for a fabric that is to be tested with fewer than it could have.</summary>
    public int MostSlaves { get; init; } = Traits.MaxSlaves;

    /// <summary>The slaves that all processors open at once may have together, where those are there already.</summary>
    public int SlavesInAll { get; init; } = int.MaxValue;

    /// <summary>Whether a slave that is stuck in a command is given up without a successor.</summary>
    public bool LosesStuckSlaves { get; init; }

    /// <summary>Whether the process of such a slave is ended, and its command with it; where the whole job would end too, the suite's commands stop in time.</summary>
    public bool EndsStuckSlaves { get; init; }

    /// <summary>Whether the job goes on when the process of a slave ends. Where not, what <see cref="EndsSlavesAttribute"/> marks is to be run elsewhere, and fails here.</summary>
    public bool SurvivesLosses { get; init; } = true;

    /// <summary>Whether what a slave has sent reaches the master also when the slave dies right after. Not where a library may still hold it back in the slave's own memory.</summary>
    public bool SendsOutliveSlave { get; init; } = true;

    /// <summary>Slaves of one processor run at the same time.</summary>
    public bool RunsAtOnce => !Traits.InLine && MostSlaves > 1;
}
