using System;
using System.Globalization;
using HpcRuntime.Processing;

namespace HpcRuntime.Simulation;

/// <summary>Runs a simulation and says what it came to, or draws the curves of docs/scale.md.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        SimulationArguments arguments;
        try
        {
            arguments = SimulationArguments.Parse(args);
        }
        catch (FormatException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            Console.Error.WriteLine(SimulationArguments.Usage);
            return 2;
        }

        switch (arguments.Count)
        {
            case "master":
                CountMaster(arguments.Workload);
                return 0;
            case "slave":
                CountSlave(arguments.Workload);
                return 0;
        }

        if (arguments.CurvesFolder is { } folder)
        {
            new Curves(arguments).Draw(folder);
            return 0;
        }

        arguments.WarmUp();
        var result = SimulatedRun.Of(arguments.Model, arguments.Workload, arguments.MakeCharge());
        Report(result);
        return result.Applied == result.Workload.Commands ? 0 : 1;
    }

    /// <summary>Commands that do nothing, one in each message, on one slave.</summary>
    private static void CountMaster(Workload workload)
    {
        using var charge = new CallgrindCharge(new FixedCharge(1e-6));
        SimulatedRun.Of(new FabricModel { Slaves = 1 }, workload with { Duration = 1e-6, Chunking = Chunking.Each }, charge);
    }

    private static void CountSlave(Workload workload)
    {
        using var slave = new SlaveBench();
        slave.Run((int)workload.Commands);
    }

    private static void Report(SimulationResult result)
    {
        Print("efficiency", $"{result.Efficiency:P2} of {result.Model.Slaves} slaves");
        Print("virtual time", $"{result.Makespan:F6} s");
        Print("master", $"{result.MasterMicroseconds:F3} us a command, and {result.TransportCpu / result.Workload.Commands * 1e6:F3} us in its transport; busy {result.MasterLoad:P1}");
        Print("messages", $"{result.MessagesOut} out, {result.MessagesHome} home, {result.Bytes} bytes");
        Print("commands", $"{result.Applied} applied, {result.Begun} begun; {result.LostSlaves} slaves lost");
        Print("allocated", $"{(double)result.Allocated / result.Workload.Commands:F0} bytes a command, on the master's thread");
        Print("memory", $"{PeakMemory.MebiBytes():F0} MiB at most, the simulation's own included");
    }

    private static void Print(string what, FormattableString figure) => Console.WriteLine($"{what,-14} {figure.ToString(CultureInfo.InvariantCulture)}");
}
