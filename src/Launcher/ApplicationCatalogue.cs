using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using HpcRuntime.Hosting;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher;

/// <summary>An application that comes with the tool.</summary>
/// <param name="Name">After <c>hpcrun run</c>.</param>
/// <param name="Summary">One line on what it does.</param>
/// <param name="Type">Its class.</param>
internal sealed record ApplicationEntry(string Name, string Summary, Type Type);

/// <summary>The applications that come with the tool.</summary>
/// <param name="Entries">By name, in order.</param>
internal sealed record ApplicationCatalogue(IReadOnlyList<ApplicationEntry> Entries)
{
    private const string Pattern = "HpcRuntime.Examples.*.dll";

    /// <summary>The tool's own applications and those of the examples beside it.</summary>
    internal static ApplicationCatalogue BesideTheTool()
        => From([typeof(ApplicationCatalogue).Assembly, .. Directory.EnumerateFiles(AppContext.BaseDirectory, Pattern).Select(AssemblyLoadContext.Default.LoadFromAssemblyPath)]);

    /// <summary>The applications in these assemblies: public or not, with an <see cref="ApplicationAttribute"/>.</summary>
    internal static ApplicationCatalogue From(IEnumerable<Assembly> assemblies)
        => new([.. assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(Application)) && !type.IsAbstract)
            .Select(type => type.GetCustomAttribute<ApplicationAttribute>() is { } about ? new ApplicationEntry(about.Name, about.Summary, type) : null)
            .OfType<ApplicationEntry>()
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)]);

    /// <summary>The application called <paramref name="name"/>, whatever the letter case.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    internal Application Create(string name)
    {
        var entry = Entries.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase));
        if (entry is not null)
        {
            return ApplicationLoader.Instantiate(name, entry.Type);
        }

        var nearest = NearestName.Find(name, Entries.Select(known => known.Name).Concat(["run", "exec", "bench", "list", "info", "hosts", "doctor"]));
        throw new UsageException($"no application '{name}'; {(nearest is null ? string.Empty : $"did you mean '{nearest}'? ")}there are {string.Join(", ", Entries.Select(known => known.Name))}; your own is named by path/to/My.dll.");
    }
}
