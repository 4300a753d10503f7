using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.DataParallel;

/// <summary>A command's end of a conversation with the master. Any thread of the command may send; one at a time receives.</summary>
/// <typeparam name="TReceive">What the master sends.</typeparam>
/// <typeparam name="TSend">What this end sends.</typeparam>
[CannotTravel("a conversation stays between its two ends")]
public sealed class CommandChannel<TReceive, TSend>
{
    private readonly SlaveLine _line;
    private volatile bool _closed;

    internal CommandChannel(ISlaveContext slave)
    {
        Slave = slave;
        _line = SlaveLine.Of(SlaveLine.ContextOf(slave)!);
        _line.Say(new OpenWord());
    }

    /// <summary>The slave that runs the command.</summary>
    public ISlaveContext Slave { get; }

    /// <summary>Sends a value; never waits for the master to receive it. It is copied now.</summary>
    /// <exception cref="WireTypeException">Something in the value cannot travel.</exception>
    /// <exception cref="ChannelClosedException">This end was closed.</exception>
    public void Send(TSend value)
    {
        if (_closed)
        {
            throw new ChannelClosedException("This end of the conversation was closed.");
        }

        _line.SayValue(value);
    }

    /// <summary>Sends a value, for whoever awaits.</summary>
    public Task SendAsync(TSend value)
    {
        Send(value);
        return Task.CompletedTask;
    }

    /// <summary>Sends a value once fewer than <paramref name="window"/> values that were sent wait to be received, so that what waits there is bounded. Two ends that both send like this must both receive meanwhile.</summary>
    /// <exception cref="WireTypeException">Something in the value cannot travel.</exception>
    /// <exception cref="ChannelClosedException">This end was closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the command was, or its time was up.</exception>
    public async Task SendAsync(TSend value, int window, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Slave.Cancellation);
        while (true)
        {
            Task news;
            lock (_line.Gate)
            {
                if (_line.HasRoom(window))
                {
                    break;
                }

                news = _line.News();
            }

            await news.WaitAsync(both.Token).ConfigureAwait(false);
        }

        Send(value);
    }

    /// <summary>The next value from the master; waits for it on this thread.</summary>
    /// <exception cref="ChannelClosedException">The master has closed its end and everything was received.</exception>
    /// <exception cref="OperationCanceledException">The command was cancelled meanwhile, or its time was up.</exception>
    public TReceive Receive()
    {
        var value = default(object);
        var received = false;
        var told = 0;
        _line.WaitUntil(() => (received = _line.TryTake(out value, ref told)) || _line.OtherEndClosed);
        received = received || _line.TryTake(out value, ref told);
        _line.SayTaken(told);
        return received ? (TReceive)value! : throw new ChannelClosedException("The master has closed its end of the conversation.");
    }

    /// <summary>The next value from the master. Prefer <see cref="Receive"/> where nothing else is to be done meanwhile: it answers faster.</summary>
    /// <exception cref="ChannelClosedException">The master has closed its end and everything was received.</exception>
    public async ValueTask<TReceive> ReceiveAsync(CancellationToken cancellation = default)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Slave.Cancellation);
        while (true)
        {
            Task news;
            if (TryReceive(out var value))
            {
                return value;
            }

            lock (_line.Gate)
            {
                if (_line.HasReceived)
                {
                    continue; // It came in between.
                }

                if (_line.OtherEndClosed)
                {
                    throw new ChannelClosedException("The master has closed its end of the conversation.");
                }

                news = _line.News();
            }

            await news.WaitAsync(both.Token).ConfigureAwait(false);
        }
    }

    /// <summary>The next value from the master, if it is here.</summary>
    public bool TryReceive([MaybeNullWhen(false)] out TReceive value)
    {
        var told = 0;
        var any = _line.TryTake(out var received, ref told);
        _line.SayTaken(told);
        value = any ? (TReceive)received! : default;
        return any;
    }

    /// <summary>Says that this end sends nothing more. What was sent before still arrives.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _line.Say(new CloseWord());
        }
    }
}

/// <summary>A conversation as a command.</summary>
internal sealed class ConversationCommand<TReceive, TSend>(Func<CommandChannel<TReceive, TSend>, Task> asyncAction) : SlaveCommand
{
    internal override object KindKey => asyncAction.Method;

    internal override string KindLabel => FunctionNames.Of(asyncAction);

    public override void Run(ISlaveContext slave) => asyncAction(new CommandChannel<TReceive, TSend>(slave)).GetAwaiter().GetResult();
}
