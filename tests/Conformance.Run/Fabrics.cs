using System;
using System.Collections.Generic;
using System.IO;
using HpcRuntime.Conformance.Run.Scripted;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Conformance.Run;

/// <summary>The fabrics whose promises are held here.</summary>
internal static class Fabrics
{
    private static readonly FabricTraits ThreadTraits = new(int.MaxValue, SharedMemory: true, ReplacesSlaves: true, Resizable: true);

    private static readonly FabricTraits ProcessTraits = new(1024, ReplacesSlaves: true, Resizable: true);

    /// <summary>The folder with the fabric of docs/writing-a-fabric.md, which is found there by name.</summary>
    internal static string BackendFolder { get; } = Path.Combine(AppContext.BaseDirectory, "backends");

    internal static FabricUnderTest Uni { get; } = ByName("uni", new FabricTraits(1, InLine: true, SharedMemory: true));

    internal static FabricUnderTest Thread { get; } = ByName("thread", ThreadTraits);

    internal static FabricUnderTest OneThread { get; } = ByName("thread", ThreadTraits) with { MostSlaves = 1 };

    internal static FabricUnderTest Process { get; } = ByName("process", ProcessTraits);

    internal static FabricUnderTest ProcessOverSockets { get; } = new("process", ProcessTraits, (slaves, options) =>
        Processor.Load("process", options with { Slaves = slaves, Settings = new Dictionary<string, string>(options.Settings) { ["process.transport"] = "socket" } }));

    internal static FabricUnderTest Loopback { get; } = ByName("loopback", new FabricTraits(int.MaxValue, SharedMemory: true));

    internal static FabricUnderTest Scripted { get; } = new("scripted", ScriptedFabric.Promises, (slaves, options) => new Processor(new ScriptedFabric(), options with { Slaves = slaves }));

    private static FabricUnderTest ByName(string name, FabricTraits traits) =>
        new(name, traits, (slaves, options) => Processor.Load(name, options with { Slaves = slaves, BackendPath = [BackendFolder] }));
}
