using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Hosting;

/// <summary>A process in memory: console and environment.</summary>
internal sealed class FakeHost
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    internal FakeHost(params (string Name, string Value)[] environment)
    {
        foreach (var (name, value) in environment)
        {
            Environment[name] = value;
        }

        Host = new ProgramHost(new StringWriter(_output), new LiveLine(new StringWriter(_error)), name => Environment.GetValueOrDefault(name), 8);
    }

    internal Dictionary<string, string> Environment { get; } = [];

    internal ProgramHost Host { get; }

    internal string Output => _output.ToString().ReplaceLineEndings("\n");

    internal string Error => _error.ToString().ReplaceLineEndings("\n");

    /// <summary>The settings of a command line in this environment.</summary>
    internal HostSettings Settings(params string[] args) => Host.Settings(ArgumentParser.Parse(args));

    /// <summary>Statistics with nothing in them.</summary>
    internal static ProcessorStatistics NoStatistics { get; } = new(TimeSpan.Zero, 0, 0, 0, 0, 0, 0, TimeSpan.Zero, []);
}

/// <summary>A fabric that is chosen and described, never started.</summary>
internal sealed class PaperFabric(string name = "paper", int maxSlaves = int.MaxValue) : Fabric
{
    public override string Name => name;

    public override IReadOnlyList<FabricOption> Options => [new("isolation", "How far commands are kept apart", "copy", ["copy", "none"]), new("width", "Its width", "210")];

    public override FabricTraits Traits => new(maxSlaves);

    public override string Describe() => name;

    public override Communicator Start(RankEntry entry, FabricSettings settings) => throw new FabricUnavailableException(name, "it is made of paper");

    public override void Dispose()
    {
    }
}
