using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using HpcRuntime.Processing;

namespace HpcRuntime.Conformance.Mpi;

/// <summary>The conformance suite on the ranks of mpiexec: rank 0 runs the tests, the others are the slaves of whatever processors they open, one after the other.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
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
}
