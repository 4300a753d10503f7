using System;
using System.IO;
using System.Text;

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
        get => Target()?.NewLine(stream) ?? before.NewLine;
        set
        {
            if (Target() is { } target)
            {
                target.SetNewLine(stream, value);
            }
            else
            {
                before.NewLine = value;
            }
        }
    }

    public override void Flush()
    {
        if (Target() is null)
        {
            before.Flush();
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

        before.Write(text);
    }

    private void RouteLine(ReadOnlySpan<char> text)
    {
        var target = Target();
        if (target is null)
        {
            before.WriteLine(text);
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

        before.Write(text);
        before.Write(newLine);
    }
}
