using System.Text;

namespace HpcRuntime.Commands;

/// <summary>The ends of what a command printed in one attempt: at most 4 kB of each stream, from the start of a line where one begins in them.</summary>
/// <param name="Out">Of standard output; empty for nothing.</param>
/// <param name="Error">Of standard error; empty for nothing.</param>
public sealed record LastOutput(string Out, string Error)
{
    /// <summary>Nothing was printed.</summary>
    public static LastOutput None { get; } = new(string.Empty, string.Empty);

    /// <summary>Whether nothing was printed.</summary>
    public bool IsEmpty => Out.Length + Error.Length == 0;

    /// <summary>Both streams behind a line that says which is which, as messages end with them; empty for nothing.</summary>
    internal string Describe(string whose)
    {
        var text = new StringBuilder();
        Append(text, whose, "stdout", Out);
        Append(text, whose, "stderr", Error);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string whose, string stream, string output)
    {
        if (output.Length > 0)
        {
            text.Append("\n--- last output ").Append(whose).Append(" on ").Append(stream).Append(" ---\n").Append(output.TrimEnd());
        }
    }
}
