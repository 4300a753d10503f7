using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Reflection;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher;

/// <summary>Loads applications from assemblies of the user, each with its own dependencies.</summary>
internal static class ApplicationLoader
{
    private const string Extension = ".dll";

    /// <summary>The application in <c>FILE.dll</c> or <c>FILE.dll:TYPE</c>; false when <paramref name="name"/> is no such path.</summary>
    /// <exception cref="UsageException">The file or the class is not there, or something it needs is not.</exception>
    internal static bool TryLoad(string name, [NotNullWhen(true)] out Application? application)
    {
        application = null;
        var colon = name.LastIndexOf(Extension + ":", StringComparison.OrdinalIgnoreCase);
        var end = colon >= 0 ? colon + Extension.Length : name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name.Length : -1;
        if (end < 0)
        {
            return false;
        }

        var (file, typeName) = (name[..end], end < name.Length ? name[(end + 1)..] : null);
        if (!File.Exists(file))
        {
            throw new UsageException($"cannot run {file}: there is no such file ({Path.GetFullPath(file)}).");
        }

        application = Instantiate(name, FindType(file, typeName, LoadAssembly(file)));
        return true;
    }

    /// <summary>A new application of that class.</summary>
    /// <exception cref="UsageException">It has no constructor without parameters, or that threw.</exception>
    internal static Application Instantiate(string name, Type type)
    {
        try
        {
            return (Application)Activator.CreateInstance(type)!;
        }
        catch (MissingMethodException)
        {
            throw new UsageException($"cannot run {name}: {type.FullName} has no public constructor without parameters.");
        }
        catch (TargetInvocationException e)
        {
            throw new UsageException($"cannot run {name}: the constructor of {type.FullName} threw {e.InnerException?.GetType().Name}: {e.InnerException?.Message}");
        }
    }

    private static Assembly LoadAssembly(string file)
    {
        Assembly assembly;
        try
        {
            assembly = PluginLoadContext.Load(file);
        }
        catch (BadImageFormatException)
        {
            throw new UsageException($"cannot run {file}: it is not a .NET assembly.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new UsageException($"cannot run {file}: {e.Message}");
        }

        var missing = PluginLoadContext.MissingDependencies(assembly);
        if (missing.Count > 0)
        {
            throw new UsageException($"cannot run {file}: it needs {string.Join(", ", missing)}, which is neither beside it nor named by its .deps.json; publish it, or set EnableDynamicLoading in its project.");
        }

        var runtime = typeof(Application).Assembly.GetName();
        var built = assembly.GetReferencedAssemblies().FirstOrDefault(reference => reference.Name == runtime.Name);
        return built?.Version is { } version && version > runtime.Version
            ? throw new UsageException($"cannot run {file}: it was built for HpcRuntime {version.ToString(3)}, this hpcrun is {runtime.Version!.ToString(3)}.")
            : assembly;
    }

    private static Type FindType(string file, string? typeName, Assembly assembly)
    {
        var all = Exported(file, assembly).Where(type => type.IsSubclassOf(typeof(Application)) && !type.IsAbstract).ToArray();
        var has = all.Length == 0 ? "it has none" : "it has " + string.Join(", ", all.Select(type => type.FullName));
        if (typeName is not null)
        {
            return all.FirstOrDefault(type => type.FullName == typeName || type.Name == typeName)
                ?? throw new UsageException($"cannot run {file}: there is no public application {typeName} in it; {has}.");
        }

        return all.Length == 1
            ? all[0]
            : throw new UsageException($"cannot run {file}: one public class deriving from {typeof(Application).FullName} is needed; {has}{(all.Length > 1 ? ": choose with FILE:TYPE" : string.Empty)}.");
    }

    private static Type[] Exported(string file, Assembly assembly)
    {
        try
        {
            return assembly.GetExportedTypes();
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or TypeLoadException)
        {
            throw new UsageException($"cannot run {file}: something it was built against is missing: {e.Message}");
        }
    }
}
