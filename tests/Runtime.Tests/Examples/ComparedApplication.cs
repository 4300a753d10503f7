using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Examples;

/// <summary>An application whose output must be the same however it is run, with the arguments of <c>scripts/chaos-examples.txt</c>.</summary>
/// <param name="Name">After <c>hpcrun run</c>.</param>
/// <param name="Words">Its arguments, in which {root} and {folder} may stand.</param>
internal sealed record ComparedApplication(string Name, string[] Words)
{
    private const string Table = "scripts/chaos-examples.txt";

    private static readonly Dictionary<string, string> CalmTraces = []; // Each is run once for all that compare with it.

    /// <summary>All that come with the tool, but for those that the table excludes.</summary>
    internal static IEnumerable<ComparedApplication> All()
    {
        var lines = File.ReadAllLines(RepositoryFiles.PathOf(Table)).Where(line => line.Trim() is { Length: > 0 } text && text[0] != '#').ToArray();
        var excluded = lines.Where(line => line.Contains('!', StringComparison.Ordinal)).Select(line => line.Split('!')[0].Trim());
        var words = lines.Where(line => line.Contains('|', StringComparison.Ordinal)).Select(line => line.Split('|')).ToDictionary(row => row[0].Trim(), row => row[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return BuiltInApplications.Names.Except(excluded).Select(name => new ComparedApplication(name, words.GetValueOrDefault(name, [])));
    }

    /// <summary>What it prints and writes on uni, undisturbed.</summary>
    internal string Calm()
    {
        if (!CalmTraces.TryGetValue(Name, out var calm))
        {
            var (code, traces) = Run(args => BuiltInApplications.Run(Name, () => Processor.Load("uni"), args));
            CalmTraces.Add(Name, calm = code == 0 && traces.Length > 0 ? traces : throw new InvalidOperationException($"{Name} on uni ended with {code}; nothing can be compared with this: {traces}"));
        }

        return calm;
    }

    /// <summary>Runs it in a folder of its own, which is deleted behind it.</summary>
    /// <param name="run">Runs it with its arguments; returns its exit code and its standard output.</param>
    /// <returns>The exit code, what it printed and wrote: the output, then name and content of every file.</returns>
    internal (int Code, string Traces) Run(Func<string[], (int Code, string Output)> run)
    {
        var folder = Directory.CreateTempSubdirectory("compared-example-").FullName;
        try
        {
            var (code, output) = run([.. Words.Select(word => word.Replace("{root}", RepositoryFiles.Root, StringComparison.Ordinal).Replace("{folder}", folder, StringComparison.Ordinal))]);
            var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file}: {Convert.ToHexString(File.ReadAllBytes(file))}\n");
            return (code, (output + string.Concat(files)).Replace(folder, "{folder}", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    public override string ToString() => Name;
}
