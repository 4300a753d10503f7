using System;
using System.IO;
using System.Linq;
using HpcRuntime.Launcher;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Examples;

/// <summary>The applications that come with hpcrun, run in this process: what they print on the master is caught.</summary>
internal static class BuiltInApplications
{
    private static readonly ApplicationCatalogue Catalogue = ApplicationCatalogue.BesideTheTool();

    /// <summary>All of them, as <c>hpcrun list</c> shows them.</summary>
    internal static string[] Names { get; } = [.. Catalogue.Entries.Select(entry => entry.Name)];

    /// <summary>Runs one on a processor, which is closed behind it.</summary>
    internal static (int Code, string Output) Run(string name, Func<Processor> open, params string[] args)
    {
        using var output = new StringWriter();
        var before = Console.Out;
        Console.SetOut(output);
        try
        {
            using var processor = open();
            return (processor.ExitCodeFor(Catalogue.Create(name).Run(processor, args)), output.ToString());
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    /// <summary>Runs one on uni, undisturbed: what the others are compared with.</summary>
    internal static string OutputOnUni(string name, params string[] args)
    {
        var (code, output) = Run(name, () => Processor.Load("uni"), args);
        return code == 0 ? output : throw new InvalidOperationException($"{name} on uni ended with {code}:\n{output}");
    }
}
