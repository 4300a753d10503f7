using System.Globalization;
using System.Linq;
using System.Text;
using HpcRuntime.Primitives;

namespace HpcRuntime.Examples.ParallelIdioms.Indexer;

/// <summary>A text of 3,000 words out of a vocabulary of 2,000, made where it is read; every second one is HTML. Always the same one for the same number.</summary>
/// <param name="Number">From 0.</param>
internal sealed record SampleDocument(int Number) : IDocument
{
    internal const int Words = 3_000;
    internal const int Vocabulary = 2_000;
    private static readonly string[] Syllables = ["ba", "ne", "tor", "li", "sun", "ka", "mor", "pe", "dra", "vi"];

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"sample-{Number:D2}.{(IsHtml ? "html" : "txt")}");

    private bool IsHtml => Number % 2 == 1;

    /// <inheritdoc/>
    public string Read()
    {
        var random = new RandomStream(0, 0, Number);
        var text = new StringBuilder();
        for (var i = 0; i < Words; i++)
        {
            text.Append(WordOf(random.Next(Vocabulary))).Append(IsHtml && i % 10 == 9 ? "</p>\n<p>" : " ");
        }

        return IsHtml ? Html.TextOf($"<html><head><style>p {{ margin: 0 }}</style></head><body><p>{text}</p></body></html>") : text.ToString();
    }

    /// <summary>A word for each number: a syllable for each digit.</summary>
    internal static string WordOf(int number) => string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => Syllables[digit - '0']));
}
