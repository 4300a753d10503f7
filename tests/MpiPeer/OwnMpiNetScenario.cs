using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>An application that uses MPI.NET itself, on Linux: it says where msmpi.dll is, begins MPI, and has the fabric join in.</summary>
internal static class OwnMpiNetScenario
{
    internal static int Run(string file)
    {
        var net = Assembly.LoadFrom(file);
        NativeLibrary.SetDllImportResolver(net, (name, _, _) => name == "msmpi.dll" ? NativeLibrary.Load("libmpich.so.12") : 0);
        var (environment, threading) = (net.GetType("MPI.Environment")!, net.GetType("MPI.Threading")!);
        var constructor = environment.GetConstructor([typeof(string[]).MakeByRefType(), threading])!;
        using var begun = (IDisposable)constructor.Invoke([null, Enum.Parse(threading, "Serialized")]);
        var options = new ProcessorOptions { Settings = new Dictionary<string, string> { ["mpi.binding"] = "mpinet", ["mpi.net-assembly"] = file } };
        using (var processor = Processor.Load("mpi", options))
        {
            var slaves = processor.ExecuteOnEverySlave(new OwnMpiNetCommand());
            Console.WriteLine(string.Join("; ", slaves.OrderBy(pair => pair.Key).Select(pair => pair.Value).Prepend(MpiNetScenario.World())));
        }

        Console.WriteLine($"finalized: {environment.GetProperty("Finalized")!.GetValue(null)}");
        return 0;
    }
}

internal sealed class OwnMpiNetCommand : SlaveCommand<string>
{
    public override string Run(ISlaveContext slave) => MpiNetScenario.World();
}
