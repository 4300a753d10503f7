using System;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>What ranks print before a processor is opened, and on their way out.</summary>
internal static class AroundScenario
{
    internal static int Run()
    {
        Console.WriteLine("before");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine("after");
        using var processor = Processor.Load("mpi");
        processor.ExecuteOnEverySlave(new PrintCommand("inside"));
        return 0;
    }
}
