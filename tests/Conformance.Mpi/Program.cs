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
        // The first processor opens the world for all that follow, with the binding and the transport that its script asks for. On every rank but 0 this does not return.
        var settings = new Dictionary<string, string>();
        foreach (var (variable, option) in new[] { ("BINDING", "mpi.binding"), ("TRANSPORT", "mpi.transport") })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            {
                settings.Add(option, value);
            }
        }

        using (var processor = Processor.Load("mpi", new ProcessorOptions { Settings = settings }))
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
