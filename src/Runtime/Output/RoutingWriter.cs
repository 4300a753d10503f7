using System;
using System.IO;
using System.Text;
using System.Threading;

namespace HpcRuntime.Output;

/// <summary>
/// A console writer that gives each write to the command whose flow of execution it happens on, else to the writer that was
/// there before. The text of one call, its newline included, stays whole.
/// </summary>
internal sealed partial class RoutingWriter(TextWriter before, OutputStream stream) : TextWriter
{
    private static readonly UTF8Encoding Utf8 = new(false);

    /// <summary>The synchronized wrapper through which all the world writes here; it holds itself locked during each call.</summary>
    public object? Gate { get; set; }

    public override Encoding Encoding => Target() is null ? before.Encoding : Utf8;

    public override IFormatProvider FormatProvider => before.FormatProvider;

    [System.Diagnostics.CodeAnalysis.AllowNull]
    public override string NewLine
    {
        get => Target()?.NewLine(stream) ?? NewLineBefore();
        set
        {
            if (Target() is { } target)
            {
                target.SetNewLine(stream, value);
            }
            else
            {
                EnterBefore();
                try
                {
                    before.NewLine = value;
                }
                finally
                {
                    Monitor.Exit(before);
                }
            }
        }
    }

    public override void Flush()
    {
        if (Target() is null)
        {
            EnterBefore();
            try
            {
                before.Flush();
            }
            finally
            {
                Monitor.Exit(before);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        // A command that closes the console closes it for nobody else.
        if (disposing && Target() is null)
        {
            before.Dispose();
        }

        base.Dispose(disposing);
    }

    private static CapturedOutput? Target()
    {
        var target = ConsoleRouter.Current.Value;
        while (target is not null && target.HasEnded)
        {
            target = target.Next;
        }

        return target;
    }

    private void Route(ReadOnlySpan<char> text)
    {
        var noNewLine = ReadOnlySpan<char>.Empty;
        for (var target = Target(); target is not null; target = target.Next)
        {
            target.Write(stream, ref text, ref noNewLine, Gate);
            if (text.IsEmpty)
            {
                return;
            }
        }

        WriteBefore(text, default);
    }

    private void RouteLine(ReadOnlySpan<char> text)
    {
        var target = Target();
        if (target is null)
        {
            EnterBefore(); // Whose NewLine locks it, too.
            try
            {
                before.WriteLine(text);
            }
            finally
            {
                Monitor.Exit(before);
            }

            return;
        }

        ReadOnlySpan<char> newLine = target.NewLine(stream);
        for (; target is not null; target = target.Next)
        {
            target.Write(stream, ref text, ref newLine, Gate);
            if (text.Length + newLine.Length == 0)
            {
                return;
            }
        }

        WriteBefore(text, newLine);
    }

    private string NewLineBefore()
    {
        EnterBefore();
        try
        {
            return before.NewLine;
        }
        finally
        {
            Monitor.Exit(before);
        }
    }

    private void WriteBefore(ReadOnlySpan<char> text, ReadOnlySpan<char> newLine)
    {
        EnterBefore();
        try
        {
            before.Write(text);
            before.Write(newLine);
        }
        finally
        {
            Monitor.Exit(before);
        }
    }

    /// <summary>Locks the writer that was there before, as each of its methods does. On Unix the stream of the console locks <see cref="Console.Out"/> in each write: who writes to that writer directly,
    /// having got hold of it before this one came, has it locked and waits for Console.Out, which is this one now. So nobody waits for it here with Console.Out locked.</summary>
    private void EnterBefore()
    {
        while (!Monitor.TryEnter(before))
        {
            var console = Console.Out;
            if (!Monitor.IsEntered(console))
            {
                Monitor.Enter(before);
                return;
            }

            Monitor.Wait(console, millisecondsTimeout: 1); // Lets go of it meanwhile. Nobody need pulse: the other one is about to be done.
        }
    }
}
