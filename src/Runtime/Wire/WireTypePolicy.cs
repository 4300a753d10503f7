using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using HpcRuntime.Wire.Codecs;

namespace HpcRuntime.Wire;

/// <summary>Which types bytes may name. Nothing else is ever instantiated because bytes say so: of the application's assemblies every type that can travel, of the framework only what has a codec.
/// Thread-safe.</summary>
[CannotTravel("it belongs to the messages of one rank")]
public sealed class WireTypePolicy
{
    private readonly ConcurrentDictionary<string, byte> _names = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Assembly, byte> _registered = new();
    private readonly ConcurrentDictionary<AnnouncedAssembly, byte> _announced = new();

    private WireTypePolicy()
    {
    }

    /// <summary>The policy of this process: the assemblies of the application's dependency list, those that the entry assembly refers to directly or through others, and those already loaded.</summary>
    public static WireTypePolicy ForApplication()
    {
        var policy = new WireTypePolicy();
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string list)
        {
            foreach (var file in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            {
                policy.Allow(Path.GetFileNameWithoutExtension(file));
            }
        }

        if (Assembly.GetEntryAssembly() is { } entry)
        {
            policy.Allow(entry.GetName().Name!);
            policy.AllowReferences(entry);
        }

        return policy;
    }

    /// <summary>Allows an assembly loaded by other means, such as an application in a load context of its own, and what it refers to.</summary>
    public void Register(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        _registered.TryAdd(assembly, 0);
        Allow(assembly.GetName().Name!);
        AllowReferences(assembly);
    }

    /// <summary>Allows an assembly that the master announced in its handshake.</summary>
    /// <exception cref="WireFormatException">It is loaded here in another build.</exception>
    public void Announce(string assemblyName, Guid moduleVersionId)
    {
        ArgumentException.ThrowIfNullOrEmpty(assemblyName);
        if (Frameworks.Contains(assemblyName))
        {
            return;
        }

        _announced.TryAdd(new AnnouncedAssembly(assemblyName, moduleVersionId), 0);
        Allow(assemblyName);
        var loaded = Loaded(assemblyName).ToArray();
        if (loaded.Length > 0 && Array.TrueForAll(loaded, assembly => assembly.ManifestModule.ModuleVersionId != moduleVersionId))
        {
            throw Mismatch("The master", assemblyName, moduleVersionId, loaded[0]);
        }
    }

    /// <summary>The assemblies that this side may announce: those of the application that are loaded now, ordered by name.</summary>
    public IReadOnlyList<AnnouncedAssembly> AnnounceableAssemblies() =>
        [.. AppDomain.CurrentDomain.GetAssemblies().Concat(_registered.Keys).Where(assembly => !assembly.IsDynamic && !Frameworks.Contains(assembly) && IsAllowed(assembly.GetName().Name!))
            .Select(assembly => new AnnouncedAssembly(assembly.GetName().Name!, assembly.ManifestModule.ModuleVersionId)).Distinct().OrderBy(assembly => assembly.Name, StringComparer.Ordinal)];

    /// <summary>Application types may be named; framework types without a number only where naming them makes nothing: interfaces, abstract and static classes, enums, delegates.</summary>
    internal static bool MayBeNamed(Type type)
    {
        if (type.Assembly.IsDynamic || type.IsPointer || type.IsByRef || type.IsByRefLike || type.IsFunctionPointer || type.IsGenericParameter || type == typeof(void) || type == typeof(nint) || type == typeof(nuint))
        {
            return false;
        }

        return !Frameworks.Contains(type) || (type.IsVisible && (type.IsInterface || type.IsAbstract || type.IsEnum || typeof(MulticastDelegate).IsAssignableFrom(type)));
    }

    internal static Type ResolveFramework(string assemblyName, string name, string peer)
    {
        Type? type = null;
        if (Frameworks.Contains(assemblyName))
        {
            type = typeof(object).Assembly.GetType(name) ?? Loaded(assemblyName).Select(assembly => assembly.GetType(name)).FirstOrDefault(found => found is not null);
            if (type is null && IsTrusted(assemblyName))
            {
                type = Assembly.Load(new AssemblyName(assemblyName)).GetType(name);
            }
        }

        return type is not null && MayBeNamed(type) && !type.IsConstructedGenericType && !type.IsArray && Frameworks.Contains(type)
            ? type
            : throw new WireFormatException($"A message from {peer} names the type {Printable(name)} of {Printable(assemblyName)}, which may not travel.");
    }

    internal Type Resolve(string assemblyName, Guid moduleVersionId, string name, string peer)
    {
        if (Frameworks.Contains(assemblyName))
        {
            throw new WireFormatException($"A message from {peer} names the type {Printable(name)} of {Printable(assemblyName)}, which may not travel.");
        }

        var loaded = _registered.Keys.Where(assembly => assembly.GetName().Name == assemblyName).Concat(Loaded(assemblyName)).ToList();
        if (loaded.Count == 0 && IsAllowed(assemblyName) && Load(assemblyName) is { } fresh)
        {
            loaded.Add(fresh);
        }

        if (loaded.Count == 0)
        {
            throw new WireFormatException($"A message from {peer} names the type {Printable(name)} of the assembly {Printable(assemblyName)}, which is not part of the application on host {Environment.MachineName} and was not announced by the master.");
        }

        var assembly = loaded.Find(candidate => candidate.ManifestModule.ModuleVersionId == moduleVersionId) ?? throw Mismatch($"A message from {peer}", assemblyName, moduleVersionId, loaded[0]);
        var type = assembly.GetType(name, false);
        return type is not null && !type.IsArray && !type.IsPointer && !type.IsByRef && !type.IsConstructedGenericType && MayBeNamed(type)
            ? type
            : throw new WireFormatException($"A message from {peer} names the type {Printable(name)} of {Printable(assemblyName)}, which has no such type that may travel.");
    }

    private static WireFormatException Mismatch(string sender, string assemblyName, Guid theirs, Assembly ours) => new(
        $"{sender} uses the assembly {Printable(assemblyName)} with module version id {theirs}, but host {Environment.MachineName} has {ours.ManifestModule.ModuleVersionId} in {FileOf(ours)}. Give every host the same build.");

    private static string FileOf(Assembly assembly) => string.IsNullOrEmpty(assembly.Location) ? "memory (" + (assembly.FullName ?? "?") + ")" : assembly.Location;

    private static IEnumerable<Assembly> Loaded(string assemblyName) =>
        AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic && string.Equals(assembly.GetName().Name, assemblyName, StringComparison.Ordinal));

    private static bool IsTrusted(string assemblyName) =>
        AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string list
        && Array.Exists(list.Split(Path.PathSeparator), file => string.Equals(Path.GetFileNameWithoutExtension(file), assemblyName, StringComparison.Ordinal));

    // Names come from outside and end in messages and logs.
    private static string Printable(string text) => new([.. text.Take(200).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character)]);

    private bool IsAllowed(string assemblyName) => _names.ContainsKey(assemblyName) || Loaded(assemblyName).Any();

    private void Allow(string assemblyName)
    {
        if (!Frameworks.Contains(assemblyName))
        {
            _names.TryAdd(assemblyName, 0);
        }
    }

    private void AllowReferences(Assembly assembly)
    {
        foreach (var reference in assembly.GetReferencedAssemblies())
        {
            if (!Frameworks.Contains(reference.Name!) && _names.TryAdd(reference.Name!, 0) && Load(reference.Name!) is { } loaded)
            {
                AllowReferences(loaded);
            }
        }
    }

    /// <summary>Asks the load contexts of the registered assemblies first, then the application's own.</summary>
    private Assembly? Load(string assemblyName)
    {
        var contexts = _registered.Keys.Select(AssemblyLoadContext.GetLoadContext).Append(AssemblyLoadContext.Default).Distinct();
        foreach (var context in contexts)
        {
            try
            {
                return context!.LoadFromAssemblyName(new AssemblyName(assemblyName));
            }
            catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or BadImageFormatException or ArgumentException)
            {
                // Not in this context; the next one may have it, and the caller names the assembly when none has.
            }
        }

        return null;
    }
}
