using System;
using System.Collections.Generic;

namespace HpcRuntime.Fabrics;

/// <summary>Brings ranks into being. Found by name; one instance belongs to one processor.</summary>
public abstract class Fabric : IDisposable
{
    /// <summary>The name by which it is loaded, lower case.</summary>
    public abstract string Name { get; }

    /// <summary>The options it declares, set by <c>--set NAME.KEY=VALUE</c>.</summary>
    public virtual IReadOnlyList<FabricOption> Options => [];

    /// <summary>What it promises; asked before <see cref="Start"/>.</summary>
    public abstract FabricTraits Traits { get; }

    /// <summary>Whether it can run here, and why not.</summary>
    public virtual FabricAvailability CheckAvailability() => FabricAvailability.Usable;

    /// <summary>One line of less than 100 characters about this fabric as it runs, such as "thread: 4 slave threads in process 4711".</summary>
    public abstract string Describe();

    /// <summary>Opens this rank's communicator and brings the slaves up; a slave runs <paramref name="entry"/>. Called once.
    /// Slaves announce themselves as <see cref="ArrivalKind.RankJoined"/>; the call need not wait for them.</summary>
    /// <exception cref="FabricUnavailableException">It cannot run here.</exception>
    public abstract Communicator Start(RankEntry entry, FabricSettings settings);

    /// <summary>Whether ranks use each other's arrays instead of copies, because the user asked for it. Meaningful once started.</summary>
    public virtual bool SharesArrays => false;

    /// <summary>Ends the present holder of a seat, by force where need be, and gives the seat a new one where <see cref="FabricTraits.ReplacesSlaves"/>.
    /// What the old incarnation still sends is dropped. Driven by the holder of the baton.</summary>
    /// <param name="rank">The seat.</param>
    /// <param name="replace">Whether a new slave takes the seat.</param>
    /// <returns>True when the holder was ended and, where asked for, another will take the seat (it announces itself as <see cref="ArrivalKind.RankJoined"/>). False when the fabric can do neither,
    /// or gives this seat no further holder.</returns>
    /// <remarks>The master calls this for every slave it lost, also for one that ended by itself.</remarks>
    public virtual bool End(int rank, bool replace) => false;

    /// <summary>How long commands may go on after they were asked to stop, where an option of this fabric says so; null to leave it to the processor. Meaningful once started.</summary>
    public virtual TimeSpan? Grace => null;

    /// <summary>Asks the holder of a seat to end, and ends it by force when it has not a moment later. Its end is reported as <see cref="ArrivalKind.RankLost"/>, with all it had written by then.
    /// False where the fabric can only <see cref="End"/>. Driven by the holder of the baton.</summary>
    public virtual bool Stop(int rank) => false;

    /// <summary>Forbids the holder of a seat to begin any command that it has been sent and has not begun, and works also while that process does not answer.
    /// Once it answers again it gives those commands back. Driven by the holder of the baton.</summary>
    /// <returns>The command that it has begun last, 0 for none: those sent behind it will not run there. Null where the fabric cannot.</returns>
    public virtual long? TakeBack(int rank) => null;

    /// <summary>Adds one slave in the lowest vacant seat; false where the fabric cannot grow. Driven by the holder of the baton.</summary>
    public virtual bool Grow() => false;

    /// <summary>Ends every slave at once, without ceremony. From any thread; idempotent.</summary>
    public virtual void Abort()
    {
    }

    /// <summary>Releases what is left. Slaves were told to exit before; those that have not after <see cref="FabricSettings.ShutdownGrace"/> are ended or abandoned.</summary>
    public abstract void Dispose();
}

/// <summary>What a fabric promises.</summary>
/// <param name="MaxSlaves">The most slaves it can have; <see cref="int.MaxValue"/> without a limit.</param>
/// <param name="InLine">Slaves run on the master's own thread, inside its waits.</param>
/// <param name="SharedMemory">Slaves live in the master's process.</param>
/// <param name="ReplacesSlaves">A slave that is lost or stuck gets a successor.</param>
/// <param name="Resizable">Slaves can be added and removed while running.</param>
public sealed record FabricTraits(int MaxSlaves, bool InLine = false, bool SharedMemory = false, bool ReplacesSlaves = false, bool Resizable = false)
{
    /// <summary>How many slaves it has unless somebody asks for less: where they are there already. Null for what the machine allows.</summary>
    public int? DefaultSlaves { get; init; }
}

/// <summary>An option that a fabric declares.</summary>
/// <param name="Key">The key after <c>NAME.</c></param>
/// <param name="Help">One line for <c>--help</c> and <c>hpcrun info</c>.</param>
/// <param name="Default">The default, as text.</param>
/// <param name="Choices">The values allowed; null when free.</param>
public sealed record FabricOption(string Key, string Help, string Default, IReadOnlyList<string>? Choices = null)
{
    /// <summary>Whether any key that begins with <see cref="Key"/> and goes on is meant, such as <c>env.NAME</c>.</summary>
    public bool IsPrefix { get; init; }

    /// <summary>Whether <paramref name="key"/> is this option's. Case does not matter.</summary>
    public bool Matches(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsPrefix
            ? key.Length > Key.Length && key.StartsWith(Key, StringComparison.OrdinalIgnoreCase)
            : string.Equals(key, Key, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Whether a fabric can run here, and if not, why and what to do.</summary>
public sealed record FabricAvailability(bool IsUsable, string? Reason = null)
{
    /// <summary>It can run here.</summary>
    public static FabricAvailability Usable { get; } = new(true);
}

/// <summary>What the processor tells a fabric at start.</summary>
/// <param name="Slaves">How many slaves are asked for; at least 1, at most <see cref="FabricTraits.MaxSlaves"/>.</param>
/// <param name="Values">The fabric's own options that were set, by key; declared and checked against <see cref="FabricOption.Choices"/>.</param>
/// <param name="Logger">For diagnostics.</param>
public sealed record FabricSettings(int Slaves, IReadOnlyDictionary<string, string> Values, Serilog.ILogger Logger)
{
    /// <summary>How long <see cref="Fabric.Dispose"/> waits for slaves that have not left within the grace that the processor gave them before. Default 100 ms.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The value that was set for a declared option, else its default.</summary>
    public string Get(FabricOption option) => Values.TryGetValue(option.Key, out var value) ? value : option.Default;
}
