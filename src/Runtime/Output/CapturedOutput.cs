using System;
using System.Threading;

namespace HpcRuntime.Output;

/// <summary>
/// One command's output, or what is left over of a slave's ended commands. Writing and taking are allowed from any thread;
/// <see cref="End"/> from the one that began it. Costs one small object until the first byte.
/// </summary>
internal sealed class CapturedOutput(CapturedOutput? next, long limit) : ICommandOutput
{
    private ExecutionContext? _before;
    private int _beganOn;
    private OutputBuffer? _buffer;
    private int _ended;

    /// <summary>Who gets what is printed after the end: the slave's leftovers, and after those (null) the writer that was there before.</summary>
    public CapturedOutput? Next => next;

    /// <summary>A command's writers wait for room. Leftovers have no one to wait for: what does not fit is dropped.</summary>
    public bool Waits => next is not null;

    public long Limit => limit;

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    public bool Flooded => Volatile.Read(ref _buffer)?.Flooded ?? false;

    public bool HasPending => Volatile.Read(ref _buffer)?.HasPending ?? false;

    public Action? PendingHigh { get; set; }

    /// <summary>Makes the calling thread's flow of execution this command's.</summary>
    public void Enter()
    {
        _before = ExecutionContext.Capture();
        _beganOn = Environment.CurrentManagedThreadId;
        ConsoleRouter.Current.Value = this;
    }

    public string NewLine(OutputStream stream) => Volatile.Read(ref _buffer)?.NewLine(stream) ?? "\n";

    public void SetNewLine(OutputStream stream, string? value) => Buffer().SetNewLine(stream, value);

    /// <inheritdoc cref="OutputBuffer.Write"/>
    public void Write(OutputStream stream, ref ReadOnlySpan<char> text, ref ReadOnlySpan<char> newLine, object? gate)
    {
        if (text.Length + newLine.Length > 0)
        {
            Buffer().Write(stream, ref text, ref newLine, gate);
        }
    }

    public int Take(OutputStream stream, Span<byte> destination) => Volatile.Read(ref _buffer)?.Take(stream, destination) ?? 0;

    /// <summary>
    /// Ends the command's output: nothing is added any more. What the command left in the flow of execution (its culture,
    /// values of its own <see cref="AsyncLocal{T}"/>s) ends with it, so that the next command starts like the first.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called on another thread than the one that began.</exception>
    public void End()
    {
        if (_beganOn != 0)
        {
            if (_beganOn != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException("A command's output is ended on the thread that began it.");
            }

            _beganOn = 0;
            if (_before is null)
            {
                // The flow was suppressed when the command began: there is nothing to go back to but no command.
                ConsoleRouter.Current.Value = null;
            }
            else
            {
                ExecutionContext.Restore(_before);
                _before = null;
            }
        }

        Close();
    }

    /// <summary>Ends the output, from any thread: writers that wait for room go on to <see cref="Next"/>.</summary>
    public void Close()
    {
        // A full fence: a writer that makes its buffer now sees the end, or this sees the buffer.
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Volatile.Read(ref _buffer)?.Finish();
        }
    }

    private OutputBuffer Buffer()
    {
        var buffer = Volatile.Read(ref _buffer);
        if (buffer is null)
        {
            var mine = new OutputBuffer(this);
            buffer = Interlocked.CompareExchange(ref _buffer, mine, null) ?? mine;
        }

        return buffer;
    }
}
