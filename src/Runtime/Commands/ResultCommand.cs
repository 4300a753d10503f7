namespace HpcRuntime.Commands;

/// <summary>A result that knows what to do: it travels home and <see cref="Run"/> runs on the master, once, on the thread that called <c>RunQueue</c>.</summary>
public abstract class ResultCommand
{
    /// <summary>Applies the result on the master.</summary>
    /// <param name="master">The master's side: data, more commands, and what is known of the command that sent this.</param>
    /// <param name="memo">What stayed behind when the command was queued; null when nothing did.</param>
    public abstract void Run(IMaster master, Memo? memo);
}

/// <summary>What stays on the master for a command while the command travels. Never serialised.</summary>
public abstract class Memo
{
    /// <summary>Takes the value of its command; a memo without a type for it has no use for it.</summary>
    internal virtual void AcceptValue(IMaster master, object? value)
    {
    }
}

/// <summary>A memo that takes the value of a <see cref="SlaveCommand{TResult}"/>.</summary>
/// <typeparam name="TResult">The command's value.</typeparam>
public abstract class Memo<TResult> : Memo
{
    /// <summary>Takes the value on the master, once, on the thread that called <c>RunQueue</c>.</summary>
    public abstract void Accept(IMaster master, TResult value);

    internal sealed override void AcceptValue(IMaster master, object? value) => Accept(master, (TResult)value!);
}
