using System;
using HpcRuntime.Backends.Mpi.Interop;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>Exceptions that the runtime makes of signals are still exceptions once MPI has begun.</summary>
internal static class FaultsScenario
{
    internal static int Run()
    {
        using var environment = new MpiEnvironment();
        var caught = 0;
        for (var i = 0; i < 1000; i++)
        {
            try
            {
                _ = Nothing(i).Length;
            }
            catch (NullReferenceException)
            {
                caught++;
            }

            try
            {
                _ = i / Zero(i);
            }
            catch (DivideByZeroException)
            {
                caught++;
            }
        }

        var all = Intracommunicator.World.Allreduce(caught, Operation.Sum);
        if (Intracommunicator.World.Rank == 0)
        {
            Console.WriteLine($"{all} caught");
        }

        return 0;
    }

    private static string Nothing(int i) => i < 0 ? "x" : null!;

    private static int Zero(int i) => i < 0 ? 1 : 0;
}
