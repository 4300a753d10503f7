using System;
using System.Linq;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>What an application sees of MPI.NET on every rank while the fabric runs on it.</summary>
internal static class MpiNetScenario
{
    internal static int Run(Processor processor)
    {
        var slaves = processor.ExecuteOnEverySlave(new MpiNetCommand());
        Console.WriteLine(processor.Describe());
        foreach (var line in slaves.OrderBy(pair => pair.Key).Select(pair => pair.Value).Prepend(About()))
        {
            Console.WriteLine(line);
        }

        return 0;
    }

    /// <summary>MPI.NET's own world, whether a null reference is still an exception, and whether MPI.NET carried the fabric's messages, where it counts them as the stand-in does.</summary>
    internal static string About()
    {
        var net = AppDomain.CurrentDomain.GetAssemblies().Single(assembly => assembly.GetName().Name == "MPI");
        var world = net.GetType("MPI.Communicator")!.GetField("world")!.GetValue(null)!;
        int Number(string property) => (int)world.GetType().GetProperty(property)!.GetValue(world)!;
        var (rank, size) = MpiFabric.Use(_ => (Number("Rank"), Number("Size")));
        var traffic = net.GetType("MPI.Traffic") is { } counts ? (long)counts.GetProperty("Sent")!.GetValue(null)! + (long)counts.GetProperty("Received")!.GetValue(null)! : (long?)null;
        var carried = traffic switch { null => "uncounted", 0 => "NOTHING", _ => "messages" };
        return $"{rank} of {size}, {(IsCaught() ? "caught" : "NOT CAUGHT")}, {carried} carried";
    }

    private static bool IsCaught()
    {
        try
        {
            return Nothing(Environment.ProcessId).Length < 0;
        }
        catch (NullReferenceException)
        {
            return true;
        }
    }

    private static string Nothing(int i) => i < 0 ? "x" : null!;
}

internal sealed class MpiNetCommand : SlaveCommand<string>
{
    public override string Run(ISlaveContext slave) => MpiNetScenario.About();
}
