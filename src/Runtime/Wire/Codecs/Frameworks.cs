using System;
using System.Collections.Concurrent;
using System.Reflection;

namespace HpcRuntime.Wire.Codecs;

/// <summary>What belongs to .NET itself. Both sides judge by the assembly's name, so that they judge alike.</summary>
internal static class Frameworks
{
    private static readonly ConcurrentDictionary<Assembly, bool> Known = new();

    public static bool Contains(Type type) => Contains(type.Assembly);

    public static bool Contains(Assembly assembly) => Known.GetOrAdd(assembly, static one => Contains(one.GetName().Name ?? ""));

    public static bool Contains(string assemblyName) =>
        assemblyName is "System" or "mscorlib" or "netstandard" or "WindowsBase"
        || assemblyName.StartsWith("System.", StringComparison.Ordinal)
        || assemblyName.StartsWith("Microsoft.", StringComparison.Ordinal);
}
