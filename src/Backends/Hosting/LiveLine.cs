using System;
using System.IO;
using System.Threading;

namespace HpcRuntime.Hosting;

/// <summary>Standard error, with at most one line at its bottom that is redrawn. Everything written through it, or around it with <see cref="Around"/>, comes out whole.
/// Any thread may call every member.</summary>
internal sealed class LiveLine(TextWriter error)
{
    private readonly Lock _lock = new();
    private string _line = string.Empty;

    /// <summary>Writes one line or several.</summary>
    internal void WriteLine(string text) => Around(() => error.WriteLine(text));

    /// <summary>Draws <paramref name="text"/> in place of the live line; an empty one takes the line away.</summary>
    internal void Show(string text)
    {
        lock (_lock)
        {
            Erase();
            error.Write(text);
            error.Flush();
            _line = text;
        }
    }

    /// <summary>Takes the live line away, lets others write, and leaves the next <see cref="Show"/> to draw it again.</summary>
    internal void Around(Action write)
    {
        lock (_lock)
        {
            Erase();
            write();
            error.Flush();
        }
    }

    private void Erase()
    {
        if (_line.Length > 0)
        {
            error.Write("\r" + new string(' ', _line.Length) + "\r");
            error.Flush();
            _line = string.Empty;
        }
    }
}
