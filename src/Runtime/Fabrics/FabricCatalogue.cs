using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace HpcRuntime.Fabrics;

/// <summary>Finds fabrics by name: the built-in ones, those on the backend path, those of the application's assemblies, and any by its file. Names are case-insensitive.</summary>
public sealed class FabricCatalogue
{
    private const string BuiltInAssembly = "HpcRuntime.Backends";
    private static readonly BuiltInFabric[] BuiltIn =
    [
        new("uni", "HpcRuntime.Backends.Uni.UniFabric"),
        new("thread", "HpcRuntime.Backends.Thread.ThreadFabric"),
        new("process", "HpcRuntime.Backends.Process.ProcessFabric"),
        new("mpi", "HpcRuntime.Backends.Mpi.MpiFabric"),
    ];

    private readonly IReadOnlyList<string> _backendPath;
    private readonly Lazy<IReadOnlyList<string>> _names;

    /// <summary>A catalogue that also looks into the folders of <paramref name="backendPath"/>, in order.</summary>
    public FabricCatalogue(IReadOnlyList<string>? backendPath = null)
    {
        _backendPath = backendPath ?? [];
        _names = new Lazy<IReadOnlyList<string>>(FindNames);
    }

    /// <summary>The fabrics that exist: built-in ones first, then those found.</summary>
    public IReadOnlyList<string> Names => _names.Value;

    /// <summary>A new fabric by its name, or from <c>path/to/My.dll</c> with one public fabric in it, or from <c>path/to/My.dll:My.Namespace.MyFabric</c>.</summary>
    /// <exception cref="UnknownFabricException">There is none; the message lists those there are.</exception>
    public Fabric Create(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return SplitFile(name) is var (file, type) ? FromFile(name, file, type) : Instantiate(name, FindType(name) ?? throw new UnknownFabricException(name, Names));
    }

    private static Type? FindBuiltIn(string typeName)
    {
        try
        {
            return Assembly.Load(BuiltInAssembly).GetType(typeName, throwOnError: false);
        }
        catch (FileNotFoundException)
        {
            // A program may use the runtime with a fabric of its own and without the built-in ones.
            return null;
        }
    }

    private static (string File, string? Type)? SplitFile(string name)
    {
        var end = name.IndexOf(".dll", StringComparison.OrdinalIgnoreCase) + ".dll".Length;
        if (end < ".dll".Length || (end < name.Length && name[end] != ':'))
        {
            return null;
        }

        return (name[..end], end < name.Length ? name[(end + 1)..] : null);
    }

    private static Fabric Instantiate(string name, Type type)
    {
        if (!type.IsSubclassOf(typeof(Fabric)) || type.IsAbstract)
        {
            throw new UnknownFabricException(name, $"{type.FullName} does not derive from {typeof(Fabric).FullName}, or is abstract.", null);
        }

        try
        {
            return (Fabric)Activator.CreateInstance(type)!;
        }
        catch (MissingMethodException e)
        {
            throw new UnknownFabricException(name, $"{type.FullName} has no public constructor without parameters.", e);
        }
        catch (TargetInvocationException e)
        {
            throw new UnknownFabricException(name, $"the constructor of {type.FullName} threw {e.InnerException?.GetType().Name}: {e.InnerException?.Message}", e.InnerException);
        }
    }

    private static Assembly LoadFile(string name, string file)
    {
        try
        {
            return PluginLoadContext.Load(file);
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or InvalidOperationException)
        {
            throw new UnknownFabricException(name, $"{file} is not a .NET assembly that can be loaded: {e.Message}", e);
        }
    }

    private static Type[] PublicFabrics(string name, Assembly assembly)
    {
        var missing = PluginLoadContext.MissingDependencies(assembly);
        if (missing.Count > 0)
        {
            throw new UnknownFabricException(name, "it needs " + string.Join(", ", missing) + ", not found beside it.", null);
        }

        return [.. assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Fabric)) && !type.IsAbstract)];
    }

    private List<string> FindNames()
        => [.. BuiltIn.Where(fabric => FindBuiltIn(fabric.TypeName) is not null).Select(fabric => fabric.Name)
            .Concat(FabricTypeFinder.InLoadedAssemblies().Select(found => found.Name).Order(StringComparer.Ordinal))
            .Concat(FabricTypeFinder.InFolders(_backendPath).Select(found => found.Name).Order(StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal)];

    private Type? FindType(string name)
    {
        if (BuiltIn.FirstOrDefault(fabric => Same(fabric.Name, name)) is { } builtIn && FindBuiltIn(builtIn.TypeName) is { } type)
        {
            return type;
        }

        var loaded = FabricTypeFinder.InLoadedAssemblies().FirstOrDefault(found => Same(found.Name, name))?.Type;
        if (loaded is not null)
        {
            return loaded;
        }

        var inFile = FabricTypeFinder.InFolders(_backendPath).FirstOrDefault(found => Same(found.Name, name));
        return inFile is null ? null : LoadFile(name, inFile.File).GetType(inFile.TypeName, throwOnError: false);
    }

    private Fabric FromFile(string name, string file, string? typeName)
    {
        var path = new[] { file }.Concat(_backendPath.Select(folder => Path.Combine(folder, file))).FirstOrDefault(File.Exists)
            ?? throw new UnknownFabricException(name, $"there is no file {Path.GetFullPath(file)}" + (_backendPath.Count > 0 ? ", nor one on the backend path." : "."), null);
        var fabrics = PublicFabrics(name, LoadFile(name, path));
        if (typeName is not null)
        {
            return Instantiate(name, fabrics.FirstOrDefault(type => type.FullName == typeName)
                ?? throw new UnknownFabricException(name, $"{path} has no public fabric {typeName}; {List(fabrics)}.", null));
        }

        return fabrics.Length == 1 ? Instantiate(name, fabrics[0]) : throw new UnknownFabricException(name, $"{path} must have exactly one public fabric; {List(fabrics)}.", null);
    }

    private static string List(Type[] fabrics) => fabrics.Length == 0 ? "it has none" : "it has " + string.Join(", ", fabrics.Select(type => type.FullName)) + " (choose with FILE:TYPE)";

    private static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private sealed record BuiltInFabric(string Name, string TypeName);
}
