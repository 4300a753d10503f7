namespace HpcRuntime.Commands;

/// <summary>Work for a slave: a class with what the work needs in its fields, and <see cref="Run"/>.
/// A command is snapshotted when it is queued; the slave runs a copy. No constructor is called on the slave.</summary>
public abstract class SlaveCommand
{
    /// <summary>Does the work, on a slave. Results go home with <see cref="ISlaveContext.ReturnResult"/>: none, one or many.</summary>
    public abstract void Run(ISlaveContext slave);

    /// <summary>Commands with equal keys are taken to last about as long as each other.</summary>
    internal virtual object KindKey => GetType();

    /// <summary>What commands of this kind are called where they have no label.</summary>
    internal virtual string KindLabel => GetType().Name;

    /// <summary>Runs the command and hands back its value, boxed; <see cref="CommandValue.None"/> for a command without one.</summary>
    internal virtual object? RunForValue(ISlaveContext slave)
    {
        Run(slave);
        return CommandValue.None;
    }
}

/// <summary>The half of <see cref="SlaveCommand{TResult}"/> that lets its <c>Run</c> return a value. Derive from the generic class.</summary>
public abstract class ValueCommand : SlaveCommand
{
    private protected ValueCommand()
    {
    }

    /// <inheritdoc/>
    public sealed override void Run(ISlaveContext slave) => RunForValue(slave);
}

/// <summary>Work for a slave that brings one value home.</summary>
/// <typeparam name="TResult">The value; anything that can travel. A <see cref="ResultCommand"/> is run on the master.</typeparam>
public abstract class SlaveCommand<TResult> : ValueCommand
{
    /// <summary>Does the work, on a slave, and returns the value.</summary>
    public new abstract TResult Run(ISlaveContext slave);

    internal override object? RunForValue(ISlaveContext slave) => Run(slave);
}

/// <summary>Marks the absence of a value.</summary>
internal static class CommandValue
{
    internal static readonly object None = new();
}
