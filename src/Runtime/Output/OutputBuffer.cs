using System;
using System.Threading;

namespace HpcRuntime.Output;

/// <summary>
/// The bytes a command has printed and nobody has taken yet, both streams. Made at the first byte. Any number of threads may
/// write and take; the text of one call stays whole.
/// </summary>
internal sealed partial class OutputBuffer(CapturedOutput owner)
{
    /// <summary>Pending bytes at which, and at each multiple of which, the owner's <see cref="ICommandOutput.PendingHigh"/> is called.</summary>
    public const int High = 64 * 1024;

    /// <summary>Pending bytes above which writers wait, or, for an owner that never waits, drop.</summary>
    public const int Full = 4 * 1024 * 1024;

    // Characters moved under one lock. Longer text is moved in pieces, so that memory stays bounded whatever is written.
    private const int Piece = 16 * 1024;

    private readonly object _lock = new();

    // All below: under the lock.
    private Channel _out;
    private Channel _error;
    private int _pending;
    private int _nextCall = High;
    private long _total;
    private bool _flooded;
    private bool _floodTold;
    private bool _finished;
    private int _waiting;

    // The thread in the middle of a text of several pieces, and the one inside PendingHigh; 0 for none.
    private int _turn;
    private int _caller;

    public bool Flooded => Volatile.Read(ref _flooded);

    public bool HasPending => Volatile.Read(ref _pending) > 0;

    public string NewLine(OutputStream stream) => Select(stream).NewLine ?? "\n";

    public void SetNewLine(OutputStream stream, string? value) => Select(stream).NewLine = value;

    /// <summary>
    /// Writes text and what ends its line. Waits while <see cref="Full"/> bytes are pending, unless the caller is inside
    /// PendingHigh. Returns, with what it did not take left in the arguments, once the owner has ended.
    /// </summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="text">The text; on return what was not taken of it.</param>
    /// <param name="newLine">What ends the line, or nothing; on return what was not taken of it.</param>
    /// <param name="gate">A lock that the caller may hold around every write of the process; it is let go while this one waits or calls back.</param>
    public void Write(OutputStream stream, ref ReadOnlySpan<char> text, ref ReadOnlySpan<char> newLine, object? gate)
    {
        var me = Environment.CurrentManagedThreadId;
        var gateDepth = 0;
        var hasTurn = false;
        try
        {
            while (text.Length + newLine.Length > 0)
            {
                bool call;
                lock (_lock)
                {
                    if (_finished || owner.HasEnded)
                    {
                        return;
                    }

                    var wait = MustWait(me);
                    if (!wait)
                    {
                        MovePiece(stream, ref text, ref newLine);
                        UpdateTurn(me, text.Length + newLine.Length > 0, ref hasTurn);
                    }

                    call = MustCall();
                    if (call)
                    {
                        _caller = me;
                        _nextCall = _pending + High;
                        _floodTold |= _flooded;
                    }
                    else if (wait && (gateDepth > 0 || !Holds(gate)))
                    {
                        _waiting++;
                        Monitor.Wait(_lock);
                        _waiting--;
                        continue;
                    }
                    else if (text.Length + newLine.Length == 0)
                    {
                        return;
                    }
                }

                // Whoever makes room may want to print to the console himself: neither wait nor call back behind the gate.
                if (gateDepth == 0)
                {
                    gateDepth = LeaveGate(gate);
                }

                if (call)
                {
                    CallBack();
                }
            }
        }
        finally
        {
            if (hasTurn)
            {
                lock (_lock)
                {
                    UpdateTurn(me, false, ref hasTurn);
                }
            }

            // Only here, with neither lock nor turn held: others hold the gate while they wait for those.
            for (; gateDepth > 0; gateDepth--)
            {
                Monitor.Enter(gate!);
            }
        }
    }

    public int Take(OutputStream stream, Span<byte> destination)
    {
        lock (_lock)
        {
            var count = Select(stream).Bytes.Take(destination);
            Volatile.Write(ref _pending, _pending - count);
            _nextCall = Math.Max(High, Math.Min(_nextCall, _pending + High));
            if (_waiting > 0 && count > 0)
            {
                Monitor.PulseAll(_lock);
            }

            return count;
        }
    }

    /// <summary>After this nothing is added, and writers that wait return.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            if (!_finished)
            {
                FlushHalfPair(ref _out);
                FlushHalfPair(ref _error);
                _finished = true;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private static bool Holds(object? gate) => gate is not null && Monitor.IsEntered(gate);

    private static int LeaveGate(object? gate)
    {
        var depth = 0;
        for (; Holds(gate); depth++)
        {
            Monitor.Exit(gate!);
        }

        return depth;
    }

    private bool MustWait(int me)
    {
        // Inside PendingHigh a thread never waits: it would wait for itself.
        if (_finished || _caller == me)
        {
            return false;
        }

        return (_turn != 0 && _turn != me) || (owner.Waits && _pending >= Full && !_flooded);
    }

    private bool MustCall() => _caller == 0 && owner.PendingHigh is not null && (_pending >= _nextCall || (_flooded && !_floodTold));

    private void CallBack()
    {
        try
        {
            owner.PendingHigh?.Invoke();
        }
        finally
        {
            lock (_lock)
            {
                _caller = 0;
                if (_waiting > 0)
                {
                    // Those who passed the threshold meanwhile did not call; one of them does now.
                    Monitor.PulseAll(_lock);
                }
            }
        }
    }

    private void UpdateTurn(int me, bool more, ref bool hasTurn)
    {
        if (more && !hasTurn && _turn == 0 && _caller != me)
        {
            _turn = me;
            hasTurn = true;
        }
        else if (!more && hasTurn)
        {
            _turn = 0;
            hasTurn = false;
            if (_waiting > 0)
            {
                Monitor.PulseAll(_lock);
            }
        }
    }

    private ref Channel Select(OutputStream stream)
    {
        if (stream == OutputStream.Out)
        {
            return ref _out;
        }

        return ref _error;
    }

    /// <summary>One of the two streams.</summary>
    private struct Channel
    {
        public ByteQueue Bytes;

        // The first half of a surrogate pair whose second half is still to come.
        public char HalfPair;
        public string? NewLine;
    }
}
