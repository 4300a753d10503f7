using System.IO;

namespace HpcRuntime.Conformance;

/// <summary>Work that sees how much of its kind runs beside it, on whatever slave: each leaves a mark in a folder while it runs.</summary>
internal static class Overlap
{
    /// <summary>How many such calls run after <paramref name="milliseconds"/>, this one included.</summary>
    internal static int Count(string folder, int index, int milliseconds)
    {
        var mark = Path.Combine(folder, $"overlap-{index}");
        File.WriteAllText(mark, string.Empty);
        Pause.For(milliseconds);
        var count = Directory.GetFiles(folder, "overlap-*").Length;
        File.Delete(mark);
        return count;
    }
}
