using System;
using HpcRuntime.Backends.Mpi.Interop;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>Says which library this rank uses, and what it is in the world.</summary>
internal static class AboutScenario
{
    internal static int Run(string[] args)
    {
        using var environment = new MpiEnvironment(library: args.Length > 0 ? args[0] : null);
        Console.WriteLine($"rank {Intracommunicator.World.Rank} of {Intracommunicator.World.Size}: {environment.LibraryVersion}, {environment.Threading}");
        return 0;
    }
}
