using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace HpcRuntime.Fabrics;

/// <summary>Finds types called <c>HpcRuntime.Backends.NAME.NAMEFabric</c>. Files are read as metadata: nothing is loaded or run to look into them.</summary>
internal static class FabricTypeFinder
{
    private const string Prefix = "HpcRuntime.Backends.";
    private const string Suffix = "Fabric";

    /// <summary>The fabric's name, lower case, when a type in <paramref name="space"/> called <paramref name="type"/> is a fabric by convention; else null.</summary>
    internal static string? NameOf(string? space, string type)
        => space is not null && type.EndsWith(Suffix, StringComparison.Ordinal) && space.StartsWith(Prefix, StringComparison.Ordinal)
            && space[Prefix.Length..] == type[..^Suffix.Length]
            ? type[..^Suffix.Length].ToLowerInvariant()
            : null;

    /// <summary>Every fabric in the assemblies of these folders; folders that do not exist hold none.</summary>
    internal static IEnumerable<FabricFile> InFolders(IEnumerable<string> folders)
        => folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal)).SelectMany(InFile);

    /// <summary>The fabrics by convention in the assemblies of the application: those loaded that refer to the runtime.</summary>
    internal static IEnumerable<LoadedFabric> InLoadedAssemblies()
    {
        var runtime = typeof(FabricTypeFinder).Assembly.GetName().Name;
        return AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsDynamic && assembly.GetReferencedAssemblies().Any(reference => reference.Name == runtime))
            .SelectMany(TypesOf)
            .Where(type => type.IsSubclassOf(typeof(Fabric)) && !type.IsAbstract)
            .Select(type => NameOf(type.Namespace, type.Name) is { } name ? new LoadedFabric(name, type) : null)
            .OfType<LoadedFabric>();
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            // A type whose dependency is missing cannot be a fabric that runs here; the others can.
            return partly.Types.OfType<Type>();
        }
    }

    private static List<FabricFile> InFile(string file)
    {
        var found = new List<FabricFile>();
        try
        {
            using var image = new PEReader(File.OpenRead(file));
            if (!image.HasMetadata)
            {
                return found;
            }

            var metadata = image.GetMetadataReader();
            foreach (var handle in metadata.TypeDefinitions)
            {
                var definition = metadata.GetTypeDefinition(handle);
                var space = metadata.GetString(definition.Namespace);
                var type = metadata.GetString(definition.Name);
                if (NameOf(space, type) is { } name && (definition.Attributes & TypeAttributes.Abstract) == 0)
                {
                    found.Add(new FabricFile(name, file, space + "." + type));
                }
            }
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            // A native library or an unreadable file on the path is no fabric; asking for one by file name says what is wrong with it.
            return found;
        }

        return found;
    }
}

/// <summary>A fabric in an assembly that is loaded.</summary>
internal sealed record LoadedFabric(string Name, Type Type);

/// <summary>A fabric in a file that was only looked into.</summary>
internal sealed record FabricFile(string Name, string File, string TypeName);
