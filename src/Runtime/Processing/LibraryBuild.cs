using System;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>Which build of this library a rank runs. The form of messages and the numbers of types are the build's own, so master and slave must run the same one.</summary>
/// <param name="Id">The module version id: differs between any two builds that differ.</param>
/// <param name="File">Where it was loaded from; empty inside a single file.</param>
internal sealed record LibraryBuild(Guid Id, string File)
{
    private const int IdBytes = 16;

    /// <summary>The build that runs here.</summary>
    internal static LibraryBuild Here { get; } = new(typeof(LibraryBuild).Module.ModuleVersionId, typeof(LibraryBuild).Assembly.Location);

    internal void Write(WireWriter writer)
    {
        writer.WriteBytes(Id.ToByteArray());
        writer.WriteString(File);
    }

    internal static LibraryBuild Read(WireReader reader) => new(new Guid(reader.ReadBytes(IdBytes)), reader.ReadString() ?? string.Empty);

    /// <summary>Why a slave that runs this build is of no use to a master that runs ours; null when it is.</summary>
    internal string? WhyNot(string host) => Id == Here.Id
        ? null
        : $"runs another build of HpcRuntime: {Name(this)} on host {host} has module version id {Id}, the master's {Name(Here)} on host {Environment.MachineName} has {Here.Id}. Give every rank the same build";

    private static string Name(LibraryBuild build) => build.File.Length == 0 ? "the program's own HpcRuntime.dll" : build.File;
}
