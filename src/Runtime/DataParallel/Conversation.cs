using System;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>The master's end of a conversation with one command. Any thread may send and receive; a value goes to one receiver. Disposing it cancels a command that has not ended.</summary>
/// <typeparam name="TSend">What this end sends.</typeparam>
/// <typeparam name="TReceive">What the command sends.</typeparam>
public sealed class Conversation<TSend, TReceive> : IDisposable
{
    private volatile bool _closed;

    internal Conversation(Processor processor) => Line = new MasterLine(processor);

    /// <summary>The command: status, rank, duration, output.</summary>
    public ICommandInfo Command => Line.Entry;

    /// <summary>True once the command has ended, well or not. What it had sent can still be received.</summary>
    public bool HasEnded => Line.HasEnded;

    internal MasterLine Line { get; }

    /// <summary>Sends a value; never waits for the command to receive it, nor to begin. It is copied now.</summary>
    /// <exception cref="Wire.WireTypeException">Something in the value cannot travel.</exception>
    /// <exception cref="ChannelClosedException">This end was closed.</exception>
    public void Send(TSend value)
    {
        if (_closed)
        {
            throw new ChannelClosedException("This end of the conversation was closed.");
        }

        Line.SayValue(value);
    }

    /// <summary>Sends a value, for whoever awaits.</summary>
    public Task SendAsync(TSend value)
    {
        Send(value);
        return Task.CompletedTask;
    }

    /// <summary>Sends a value once fewer than <paramref name="window"/> values that were sent wait to be received, so that what waits there is bounded. Two ends that both send like this must both receive meanwhile.</summary>
    /// <exception cref="Wire.WireTypeException">Something in the value cannot travel.</exception>
    /// <exception cref="ChannelClosedException">This end was closed, or the command has ended well.</exception>
    /// <exception cref="SlaveCommandException">The command failed. Likewise <see cref="SlaveLostException"/> and <see cref="CommandTimeoutException"/>.</exception>
    public async Task SendAsync(TSend value, int window, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        while (true)
        {
            var version = Line.Version;
            if (_closed)
            {
                throw new ChannelClosedException("This end of the conversation was closed.");
            }

            if (HasEnded)
            {
                ThrowIfFailed();
                throw new ChannelClosedException("The command has ended.");
            }

            if (Line.TrySay(value, window))
            {
                return;
            }

            await Line.NewsAsync(version).WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The next value from the command; waits for it on this thread.</summary>
    /// <param name="timeout">How long to wait; null for as long as it takes.</param>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    /// <exception cref="ChannelClosedException">The command has closed its end or ended well, and everything was received.</exception>
    /// <exception cref="SlaveCommandException">The command failed, and everything was received. Likewise <see cref="SlaveLostException"/> and <see cref="CommandTimeoutException"/>.</exception>
    public TReceive Receive(TimeSpan? timeout = null)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var version = Line.Version;
            if (TryReceive(out var value))
            {
                return value;
            }

            ThrowIfOver();
            if (!Line.WaitForNews(version, timeout is { } most ? most - Stopwatch.GetElapsedTime(begun) : Timeout.InfiniteTimeSpan))
            {
                throw new TimeoutException($"Command {Command.Id} ({Command.Label}) said nothing within {timeout!.Value.TotalSeconds:0.###} s.");
            }
        }
    }

    /// <summary>The next value from the command.</summary>
    /// <inheritdoc cref="Receive(TimeSpan?)"/>
    public async ValueTask<TReceive> ReceiveAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            var version = Line.Version;
            if (TryReceive(out var value))
            {
                return value;
            }

            ThrowIfOver();
            await Line.NewsAsync(version).WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The next value from the command, if it is here.</summary>
    public bool TryReceive([MaybeNullWhen(false)] out TReceive value)
    {
        var any = Line.TryTake(out var received);
        value = any ? (TReceive)received! : default;
        return any;
    }

    /// <summary>Says that this end sends nothing more. What was sent before still arrives.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            Line.Say(new MasterCloseWord());
        }
    }

    /// <summary>Waits until the command has ended; throws what it failed with.</summary>
    public void Wait()
    {
        while (true)
        {
            var version = Line.Version;
            if (HasEnded)
            {
                ThrowIfFailed();
                return;
            }

            Line.WaitForNews(version, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Cancels the command, if it has not ended.</summary>
    public void Dispose() => Line.Cancel();

    private void ThrowIfOver()
    {
        if (Line.IsOver)
        {
            ThrowIfFailed();
            throw new ChannelClosedException("The command has closed its end of the conversation.");
        }
    }

    private void ThrowIfFailed()
    {
        if (HasEnded && Line.Entry.Error is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }
}

/// <summary>Commands that converse with the master while they run.</summary>
public static class ProcessorConversations
{
    /// <summary>Starts a command that converses. Both ends send and receive as they like; sending never waits, so that two ends that both send first do not stop each other.</summary>
    /// <param name="processor">The processor whose slave runs it.</param>
    /// <param name="converse">The command's part; it travels with a copy of what it captured, taken now.</param>
    /// <param name="options">Priority, timeout of the whole, label; null for the defaults. A lost slave ends the conversation.</param>
    /// <param name="cancellation">Cancels the command.</param>
    /// <exception cref="Wire.WireTypeException">Something that the function captured cannot travel.</exception>
    public static Conversation<TSend, TReceive> Converse<TSend, TReceive>(this Processor processor, Func<CommandChannel<TSend, TReceive>, Task> converse, FutureOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return FunctionNames.Submit(converse, f =>
        {
            var conversation = new Conversation<TSend, TReceive>(processor);
            conversation.Line.Start(new ConversationCommand<TSend, TReceive>(f), options, cancellation);
            return conversation;
        });
    }
}
