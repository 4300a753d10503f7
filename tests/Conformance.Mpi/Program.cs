using System.Threading.Tasks;
using HpcRuntime.Processing;

namespace HpcRuntime.Conformance.Mpi;

/// <summary>The conformance suite on the ranks of mpiexec: rank 0 runs the tests, the others are the slaves of whatever processors they open, one after the other.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        // On every rank but 0 this does not return.
        using (var processor = Processor.Load("mpi"))
        {
            Fabrics.WorldSlaves = processor.SlaveCount;
        }

        return MicrosoftTestingPlatformApplication.RunAsync(args);
    }
}
