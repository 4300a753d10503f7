using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using NUnit.Framework;

namespace HpcRuntime.Tests;

/// <summary>Imports only point down the stairs of the house: read from the compiled code, so that no using, alias or full name slips by.</summary>
public sealed class FloorTests
{
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["HpcRuntime.Primitives"] = [],
        ["HpcRuntime.Wire"] = ["HpcRuntime.Primitives"],
        ["HpcRuntime.Output"] = ["HpcRuntime.Primitives"],
        ["HpcRuntime.Fabrics"] = ["HpcRuntime.Primitives", "HpcRuntime.Wire", "HpcRuntime.Output"],
        ["HpcRuntime.Commands"] = ["HpcRuntime.Primitives", "HpcRuntime.Wire", "HpcRuntime.Output", "HpcRuntime.Fabrics"],
        ["HpcRuntime.Processing"] = ["HpcRuntime.Primitives", "HpcRuntime.Wire", "HpcRuntime.Output", "HpcRuntime.Fabrics", "HpcRuntime.Commands"],
        ["HpcRuntime.DataParallel"] = ["HpcRuntime.Primitives", "HpcRuntime.Wire", "HpcRuntime.Output", "HpcRuntime.Fabrics", "HpcRuntime.Commands", "HpcRuntime.Processing"],
    };

    private static readonly string[] UnderTheWings = ["HpcRuntime.Primitives", "HpcRuntime.Wire", "HpcRuntime.Output", "HpcRuntime.Fabrics", "HpcRuntime.Backends.Native", "HpcRuntime.Backends.Slaves"];

    [Test]
    public void In_the_runtime_imports_only_point_down()
    {
        var rooms = References.ByNamespace(typeof(Fabric).Assembly.Location);
        Assert.That(rooms.Keys, Is.SupersetOf(new[] { "HpcRuntime.Primitives", "HpcRuntime.Wire", "HpcRuntime.Fabrics" }), "The reader finds the rooms.");
        Assert.That(rooms["HpcRuntime.Fabrics"], Does.Contain("HpcRuntime.Wire"), "The reader sees what is there.");
        Assert.That(Offences(rooms, SeenInRuntime), Is.Empty);
    }

    [Test]
    public void In_the_backends_wings_see_the_lower_floors_and_never_each_other()
    {
        var rooms = References.ByNamespace(typeof(Application).Assembly.Location);
        Assert.That(Offences(rooms, SeenFromBackends), Is.Empty);
    }

    [Test]
    public void The_runtime_references_no_package_but_Serilog()
    {
        using var image = new PEReader(File.OpenRead(typeof(Fabric).Assembly.Location));
        var metadata = image.GetMetadataReader();
        var packages = metadata.AssemblyReferences.Select(h => metadata.GetString(metadata.GetAssemblyReference(h).Name)).Where(n => !File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, n + ".dll")));
        Assert.That(packages, Is.EquivalentTo(new[] { "Serilog" }));
    }

    [Test]
    public void The_runtime_calls_nothing_native()
    {
        using var image = new PEReader(File.OpenRead(typeof(Fabric).Assembly.Location));
        var metadata = image.GetMetadataReader();
        Assert.That(metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(m => !m.GetImport().Module.IsNil).Select(m => metadata.GetString(m.Name)), Is.Empty);
    }

    [Test]
    public void An_upward_import_is_found_wherever_it_hides()
    {
        var rooms = References.ByNamespace(typeof(FloorTests).Assembly.Location);
        string[] hiding = ["Field", "Base", "Contract", "Signature", "Body", "Generic", "Attribute", "Constraint", "Local", "Caught", "Lambda", "Static"];
        Assert.That(rooms["HpcRuntime.Tests.Floors.Low"].Where(r => r.StartsWith("HpcRuntime.Tests.Floors.High", StringComparison.Ordinal)), Is.EquivalentTo(hiding.Select(h => "HpcRuntime.Tests.Floors.High." + h)));
        Assert.That(Offences(new() { ["HpcRuntime.Wire.Codecs"] = ["HpcRuntime.Output", "HpcRuntime.Wire", "System.Text"] }, SeenInRuntime), Is.EqualTo(new[] { "HpcRuntime.Wire.Codecs sees HpcRuntime.Output" }));
        Assert.That(Offences(new() { ["HpcRuntime.Backends.Uni"] = ["HpcRuntime.Backends.Thread", "HpcRuntime.Commands"] }, SeenFromBackends), Has.Exactly(2).Items);
    }

    /// <summary>What a room of the runtime may see. A room nobody knows sees nothing, so that a new one is placed on a floor first.</summary>
    private static string[] SeenInRuntime(string room) => Below.GetValueOrDefault(room) ?? [];

    /// <summary>What a room of the backends may see; null where anything goes.</summary>
    private static string[]? SeenFromBackends(string room) => room switch
    {
        "HpcRuntime.Hosting" => null,
        "" => ["HpcRuntime.Hosting", "HpcRuntime.Backends.Mpi"], // The startup hook, which the runtime looks for outside any namespace; and the module, which says where MPI is looked for.
        "HpcRuntime.Backends.Native" => ["HpcRuntime.Primitives"],
        _ => UnderTheWings,
    };

    /// <summary>Every import that may not be, as "from sees to".</summary>
    private static IEnumerable<string> Offences(Dictionary<string, HashSet<string>> rooms, Func<string, string[]?> seen) =>
        from room in rooms
        let allowed = seen(Room(room.Key))
        where allowed is not null
        from import in room.Value
        where import.StartsWith("HpcRuntime", StringComparison.Ordinal) && Room(import) != Room(room.Key) && !allowed.Contains(Room(import))
        select $"{room.Key} sees {import}";

    /// <summary>A closet belongs to its room: HpcRuntime.Wire.Codecs to HpcRuntime.Wire.</summary>
    private static string Room(string space)
    {
        var parts = space.Split('.');
        return string.Join('.', parts.Take(parts is [_, "Backends", ..] ? 3 : 2));
    }
}
