using System;
using System.Linq;
using System.Reflection;
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
        var traffic = Net.GetType("MPI.Traffic") is { } counts ? (long)counts.GetProperty("Sent")!.GetValue(null)! + (long)counts.GetProperty("Received")!.GetValue(null)! : (long?)null;
        var carried = traffic switch { null => "uncounted", 0 => "NOTHING", _ => "messages" };
        return $"{World()}, {(IsCaught() ? "caught" : "NOT CAUGHT")}, {carried} carried";
    }

    /// <summary>Rank and size as MPI.NET's own communicator gives them.</summary>
    internal static string World()
    {
        var world = Net.GetType("MPI.Communicator")!.GetField("world")!.GetValue(null)!;
        int Number(string property) => (int)world.GetType().GetProperty(property)!.GetValue(world)!;
        return MpiFabric.Use(_ => $"{Number("Rank")} of {Number("Size")}");
    }

    private static Assembly Net => AppDomain.CurrentDomain.GetAssemblies().Single(assembly => assembly.GetName().Name == "MPI");

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
