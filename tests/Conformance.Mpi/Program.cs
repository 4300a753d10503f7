using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Conformance.Mpi;

/// <summary>The conformance suite on the ranks of mpiexec: rank 0 runs the tests, the others are the slaves of whatever processors they open, one after the other.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args is ["launched", .. var options] ? Task.FromResult(Launched(options)) : Started(args);

    /// <summary>In the world that a plain mpiexec started, which ends with the first rank that is lost.</summary>
    private static Task<int> Started(string[] args)
    {
        // The first processor opens the world for all that follow, with the binding that its script asks for. On every rank but 0 this does not return.
        var options = new ProcessorOptions();
        options = Environment.GetEnvironmentVariable("BINDING") is { Length: > 0 } binding ? options with { Settings = new Dictionary<string, string> { ["mpi.binding"] = binding } } : options;
        using (var processor = Processor.Load("mpi", options))
        {
            Fabrics.WorldSlaves = processor.SlaveCount;
        }

        return MicrosoftTestingPlatformApplication.RunAsync(args);
    }

    /// <summary>In a world that this program starts itself, and that survives losses: options of a run, then "--" and those of the tests.</summary>
    private static int Launched(string[] options) => HpcProgram.Run(options, (processor, args) =>
    {
        Fabrics.WorldSlaves = processor.SlaveCount;
        Fabrics.SurvivesLosses = true;
        processor.Dispose(); // The tests open their own, on the same ranks.
        return MicrosoftTestingPlatformApplication.RunAsync(args).GetAwaiter().GetResult();
    });
}
