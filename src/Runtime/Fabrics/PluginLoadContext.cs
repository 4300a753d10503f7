using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;

namespace HpcRuntime.Fabrics;

/// <summary>Loads an assembly with its own dependencies, found by its <c>.deps.json</c> or beside it.
/// The runtime, its backends and the logger's core are those of the host: their types cross the border.</summary>
internal sealed class PluginLoadContext : AssemblyLoadContext
{
    private static readonly HashSet<string> Shared = new(StringComparer.OrdinalIgnoreCase) { "HpcRuntime", "HpcRuntime.Backends", "hpcrun", "Serilog" };
    private static readonly ConcurrentDictionary<string, Lazy<Assembly>> Loaded = new(StringComparer.Ordinal);

    private readonly AssemblyDependencyResolver _resolver;
    private readonly string _folder;

    private PluginLoadContext(string path) : base(Path.GetFileNameWithoutExtension(path))
    {
        _resolver = new AssemblyDependencyResolver(path);
        _folder = Path.GetDirectoryName(path)!;
    }

    /// <summary>The files of the assemblies that were loaded so, for a slave process that loads them likewise. One that was deleted since is left out:
    /// a command that needs its types then fails by itself, saying so, instead of every slave.</summary>
    internal static IReadOnlyList<string> LoadedFiles => [.. Loaded.Where(pair => pair.Value.IsValueCreated && File.Exists(pair.Key)).Select(pair => pair.Key)];

    /// <summary>The assemblies that were loaded so.</summary>
    internal static IReadOnlyList<Assembly> LoadedAssemblies => [.. Loaded.Values.Where(assembly => assembly.IsValueCreated).Select(assembly => assembly.Value)];

    /// <summary>The assembly at <paramref name="path"/>: the one that is loaded already if it is, so that its statics exist once.</summary>
    /// <exception cref="BadImageFormatException">Not a .NET assembly.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static Assembly Load(string path)
    {
        var full = Path.GetFullPath(path);
        return Loaded.GetOrAdd(full, static key => new Lazy<Assembly>(() =>
            AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => !assembly.IsDynamic && assembly.Location == key)
            ?? new PluginLoadContext(key).LoadFromAssemblyPath(key))).Value;
    }

    /// <summary>The direct dependencies of <paramref name="assembly"/> that can be found neither here nor with it.</summary>
    internal static IReadOnlyList<string> MissingDependencies(Assembly assembly)
    {
        if (GetLoadContext(assembly) is not PluginLoadContext context)
        {
            return [];
        }

        var platform = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? string.Empty)
            .Split(Path.PathSeparator).Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. assembly.GetReferencedAssemblies()
            .Where(reference => !Shared.Contains(reference.Name!) && context.Find(reference) is null && !platform.Contains(reference.Name))
            .Select(reference => reference.FullName)];
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
        => !Shared.Contains(assemblyName.Name!) && Find(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
        => _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private string? Find(AssemblyName name)
    {
        if (_resolver.ResolveAssemblyToPath(name) is { } resolved)
        {
            return resolved;
        }

        var beside = Path.Combine(_folder, name.Name + ".dll");
        return File.Exists(beside) ? beside : null;
    }
}
