using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>Applications that use MPI themselves beside the fabric.</summary>
internal static class OwnMpiScenario
{
    private const int Tag = 1; // The fabric's own: on another communicator it is no matter.

    /// <summary>It begins and ends MPI itself.</summary>
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

    /// <summary>It begins and ends MPI itself, and sends arrays of 1 MiB to every rank and back.</summary>
    internal static int RunArrays()
    {
        using var environment = new MpiEnvironment();
        var world = Intracommunicator.World;
        var values = new double[1 << 17];
        for (var i = 0; i < 20; i++)
        {
            if (world.Rank > 0)
            {
                world.Receive(0, Tag, values);
                values[^1] += world.Rank;
                world.Send(values, 0, Tag);
                continue;
            }

            for (var rank = 1; rank < world.Size; rank++)
            {
                world.Send(values, rank, Tag);
                world.Receive(rank, Tag, values);
            }
        }

        if (world.Rank == 0)
        {
            Console.WriteLine(values[^1].ToString(CultureInfo.InvariantCulture));
        }

        return 0;
    }

    /// <summary>It begins MPI with one thread level and asks the fabric for another.</summary>
    internal static int RunLevel(Threading begun, string asked)
    {
        using var environment = new MpiEnvironment(begun);
        using var processor = Processor.Load("mpi", Set("mpi.threads", asked));
        Console.WriteLine($"opened with {environment.Threading}");
        return 0;
    }

    /// <summary>It gives the fabric some of the ranks only; the last one is its own.</summary>
    internal static int RunPart()
    {
        using var environment = new MpiEnvironment();
        var world = Intracommunicator.World;
        var isOutside = world.Rank == world.Size - 1;
        using var part = world.Split(isOutside ? 1 : 0, world.Rank)!;
        if (isOutside)
        {
            world.Send(world.Receive<int>(0, Tag) + 1, 0, Tag);
            return 0;
        }

        using (var processor = Processor.Load("mpi", Set("mpi.communicator", part.Handle.ToString(CultureInfo.InvariantCulture))))
        {
            var answer = MpiFabric.Use(all =>
            {
                all.Send(41, all.Size - 1, Tag);
                return all.Receive<int>(all.Size - 1, Tag);
            });
            Console.WriteLine($"{processor.ExecuteOnEverySlave(new OwnMpiCommand()).Count} slaves of {world.Size} ranks, {answer} from the other");
        }

        return 0;
    }

    /// <summary>A thread of the master and the slaves' commands call MPI whenever they like, while the fabric does.</summary>
    internal static int RunMultiple(int commands)
    {
        using var processor = Processor.Load("mpi", Set("mpi.threads", "multiple"));
        var sum = Task.Run(() => Enumerable.Range(0, commands).Sum(_ => (long)Intracommunicator.World.Receive<int>(Intracommunicator.AnySource, Tag)));
        var returned = 0L;
        for (var i = 0; i < commands; i++)
        {
            processor.AddToQueue(new SendByItselfCommand(i), value => returned += value);
        }

        processor.RunQueue();
        Console.WriteLine($"{returned} returned, {sum.Result} sent beside");
        return 0;
    }

    /// <summary>Beside a command's value, the same goes over MPI.</summary>
    internal static void SendToMaster(int value) => Intracommunicator.World.Send(value, 0, Tag);

    private static ProcessorOptions Set(string key, string value) => new() { Settings = new Dictionary<string, string> { [key] = value } };
}
