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
    /// <param name="file">MPI.NET.</param>
    /// <param name="begins">Otherwise it has not found MPI, and leaves the beginning to the fabric.</param>
    internal static int Run(string file, bool begins)
    {
        var net = Assembly.LoadFrom(file);
        NativeLibrary.SetDllImportResolver(net, (name, _, _) => begins && name == "msmpi.dll" ? NativeLibrary.Load("libmpich.so.12") : 0);
        var (environment, threading) = (net.GetType("MPI.Environment")!, net.GetType("MPI.Threading")!);
        var constructor = environment.GetConstructor([typeof(string[]).MakeByRefType(), threading])!;
        using var begun = begins ? (IDisposable)constructor.Invoke([null, Enum.Parse(threading, "Serialized")]) : null;
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
