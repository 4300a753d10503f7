using System;
using System.Globalization;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>Processors that follow one another on the same ranks.</summary>
internal static class ReopenScenario
{
    internal static int Run(string[] args)
    {
        var sum = 0;
        for (var i = 0; i < int.Parse(args[0], CultureInfo.InvariantCulture); i++)
        {
            using var processor = Processor.Load("mpi");
            sum += processor.Execute(new NumberCommand(1, 0));
        }

        Console.WriteLine($"{sum} opened and closed");
        return 0;
    }
}
