using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>The program of tests/StartVariants, as its build left it and published in other ways, in a folder that goes with this object.</summary>
internal sealed class StartVariants : IDisposable
{
    private const string Name = "StartVariants";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // Publishing on a busy machine.
    private readonly string _folder = Directory.CreateTempSubdirectory("start-variants-").FullName;

    internal static string DotNet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>The folder of the build, which holds the program and its assembly.</summary>
    internal static string Built { get; } = RepositoryFiles.PathOf($"tests/{Name}/bin/{Programs.Configuration}/net10.0");

    /// <summary>A place in the folder of this object.</summary>
    internal string At(string name) => Path.Combine(_folder, name);

    /// <summary>How often the program's Main has run since the last time this was asked.</summary>
    internal int TakeMains()
    {
        var count = File.Exists(At("mains")) ? File.ReadAllLines(At("mains")).Length : 0;
        File.Delete(At("mains"));
        return count;
    }

    /// <summary>The build again, with a switch of the runtime set.</summary>
    internal string CopyWithSwitch(string key, bool value)
    {
        var copy = Copy(key);
        var file = Path.Combine(copy, Name + ".runtimeconfig.json");
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        json["runtimeOptions"]!["configProperties"]![key] = value;
        File.WriteAllText(file, json.ToJsonString());
        return Path.Combine(copy, Name + ".dll");
    }

    /// <summary>The build again, with the native library where packages put theirs: under runtimes/RID/native, and named in the list of dependencies.</summary>
    internal string CopyWithNativeLibrary()
    {
        var copy = Copy("native");
        var library = $"runtimes/{RuntimeInformation.RuntimeIdentifier}/native/libstartvariants.so";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, library))!);
        CopyLibrary(Path.Combine(copy, library));
        var file = Path.Combine(copy, Name + ".deps.json");
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        const string Package = "startvariants.native/1.0.0";
        json["targets"]![".NETCoreApp,Version=v10.0"]![Package] = new JsonObject
        {
            ["runtimeTargets"] = new JsonObject { [library] = new JsonObject { ["rid"] = RuntimeInformation.RuntimeIdentifier, ["assetType"] = "native" } },
        };
        json["libraries"]![Package] = new JsonObject { ["type"] = "package", ["serviceable"] = false, ["sha512"] = string.Empty };
        File.WriteAllText(file, json.ToJsonString());
        return Path.Combine(copy, Name + ".dll");
    }

    /// <summary>Puts another build of an assembly in its place, which a process that runs with the old one does not notice: the same but for its module version id. The old id and the new.</summary>
    internal static (Guid Old, Guid New) Rebuild(string assembly)
    {
        var bytes = File.ReadAllBytes(assembly);
        using var reader = new PEReader(new MemoryStream(bytes));
        var metadata = reader.GetMetadataReader();
        var old = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        var at = bytes.AsSpan().IndexOf(old.ToByteArray());
        bytes[at] ^= 1;
        File.WriteAllBytes(assembly + ".new", bytes);
        File.Move(assembly + ".new", assembly, true);
        return (old, new Guid(bytes.AsSpan(at, 16)));
    }

    /// <summary>The folder that holds the native library and nothing else.</summary>
    internal string LibraryFolder()
    {
        var folder = Directory.CreateDirectory(At("lib")).FullName;
        CopyLibrary(Path.Combine(folder, "libstartvariants.so"));
        return folder;
    }

    /// <summary>Publishes the program for this system; the program's file.</summary>
    internal string Publish(string name, params string[] properties)
    {
        // The projects below it are built already; building them again here would write into folders that other tests run from.
        var (code, output, error) = Run(DotNet, [], ["publish", RepositoryFiles.PathOf($"tests/{Name}"), "-c", Programs.Configuration, "-r", RuntimeInformation.RuntimeIdentifier, "-o", At(name), "-v", "quiet", "--nologo", "-p:BuildProjectReferences=false", .. properties]);
        return code == 0 ? Path.Combine(At(name), Name) : throw new InvalidOperationException($"dotnet publish {string.Join(' ', properties)} ended with {code}:\n{output}{error}");
    }

    /// <summary>Runs a program to its end, with an empty standard input and none of this run's variables.</summary>
    internal (int Code, string Output, string Error) Run(string program, (string Name, string Value)[] environment, string[] arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? _folder };
        foreach (var variable in new List<string>(start.Environment.Keys).Where(name => name.StartsWith("HPCRUNTIME_", StringComparison.Ordinal) || name.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal)))
        {
            start.Environment.Remove(variable);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["STARTVARIANTS_MAINS"] = At("mains");
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in {Patience.TotalMinutes} minutes.");
        }

        Task.WaitAll(output, error);
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The build again; its folder.</summary>
    internal string Copy(string name)
    {
        var copy = Directory.CreateDirectory(At(name)).FullName;
        foreach (var file in Directory.GetFiles(Built))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), true);
        }

        return copy;
    }

    public void Dispose() => Directory.Delete(_folder, true);

    /// <summary>A library that every system with .NET has, under a name that none has.</summary>
    private static void CopyLibrary(string target)
    {
        var line = File.ReadLines("/proc/self/maps").First(line => line.Contains("/libm.so", StringComparison.Ordinal) || line.Contains("/libm-", StringComparison.Ordinal));
        File.Copy(line[line.IndexOf('/', StringComparison.Ordinal)..], target, true);
    }
}
