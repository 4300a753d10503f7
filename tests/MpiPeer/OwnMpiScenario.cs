using System;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>An application that begins and ends MPI itself, and talks over it beside the fabric.</summary>
internal static class OwnMpiScenario
{
    private const int Tag = 1; // The fabric's own: on another communicator it is no matter.

    internal static int Run()
    {
        using var environment = new MpiEnvironment();
        var world = Intracommunicator.World;
        if (world.Rank == 1)
        {
            world.Send(41, 0, Tag);
        }

        using (var processor = Processor.Load("mpi"))
        {
            var sums = processor.ExecuteOnEverySlave(new OwnMpiCommand());
            var fromMaster = MpiFabric.Use(all => all.Receive<int>(1, Tag));
            Console.WriteLine($"{sums.Count} slaves, {fromMaster}, {string.Join(' ', sums.Values)}");
        }

        Console.WriteLine($"finalized: {MpiEnvironment.Finalized}");
        return 0;
    }
}
