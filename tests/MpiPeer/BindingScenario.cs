using System;
using System.Linq;
using HpcRuntime.Backends.Mpi.Interop;

namespace HpcRuntime.Tests.MpiPeer;

/// <summary>Every call of the binding, on three ranks; each finds out for itself whether it got what it should.</summary>
internal static class BindingScenario
{
    internal static int Run()
    {
        using var environment = new MpiEnvironment(Threading.Multiple);
        Check(MpiEnvironment.Initialized && !MpiEnvironment.Finalized, "it has begun");
        Check(environment.Threading == Threading.Multiple, $"threads: {environment.Threading}");
        Check(MpiEnvironment.ProcessorName.Length > 0 && MpiEnvironment.Time >= 0, "name and time");
        var world = Intracommunicator.World;
        Check(world.Size == 3 && Intracommunicator.Self.Size == 1, $"size {world.Size}");
        Messages(world);
        Requests(world);
        Collectives(world);
        Parts(world);
        Errors(world);
        world.Barrier();
        Console.WriteLine($"rank {world.Rank} done");
        return 0;
    }

    private static void Messages(Intracommunicator world)
    {
        var (next, former) = ((world.Rank + 1) % 3, (world.Rank + 2) % 3);
        if (world.Rank == 0)
        {
            world.Send(42.5, next, 7);
            Check(world.Receive<double>(former, 7) == 44.5, "a value around the ring");
            world.Send(Enumerable.Range(0, 100_000).ToArray(), next, 8);
        }
        else
        {
            world.Send(world.Receive<double>(former, 7) + 1, next, 7);
        }

        if (world.Rank == 1)
        {
            var seen = world.Probe(Intracommunicator.AnySource, Intracommunicator.AnyTag);
            Check((seen.Source, seen.Tag, seen.Count<int>()) == (0, 8, 100_000), $"probe {seen}");
            var values = new int[100_001];
            var status = world.Receive(seen.Source, seen.Tag, values);
            Check((status.Source, status.Tag, status.Count<int>(), values[99_999]) == (0, 8, 100_000, 99_999), $"array {status}");
        }

        Check(world.ImmediateProbe(Intracommunicator.AnySource, 99) is null, "nothing there");
    }

    private static void Requests(Intracommunicator world)
    {
        var (next, former) = ((world.Rank + 1) % 3, (world.Rank + 2) % 3);
        var got = new long[1000];
        var receipt = world.ImmediateReceive(former, 9, got);
        var sent = world.ImmediateSend(Enumerable.Repeat((long)world.Rank, 1000).ToArray(), next, 9);
        Status? status;
        while ((status = receipt.Test()) is null)
        {
            Check(got.Length == 1000, "still there");
        }

        sent.Wait();
        Check(status is { } s && s.Source == former && s.Count<long>() == 1000 && got.All(v => v == former), $"request {status}");
    }

    private static void Collectives(Intracommunicator world)
    {
        var value = world.Rank == 1 ? 12.5 : 0;
        world.Broadcast(ref value, 1);
        Check(value == 12.5, "broadcast");
        var gathered = world.Gather(world.Rank * 10, 2);
        Check(world.Rank == 2 ? gathered!.SequenceEqual([0, 10, 20]) : gathered is null, "gather");
        Check(world.Allgather((long)world.Rank).SequenceEqual([0L, 1, 2]), "allgather");
        Check(world.Allreduce(world.Rank, Operation.Sum) == 3 && world.Allreduce((long)world.Rank, Operation.Min) == 0 && world.Allreduce((double)world.Rank, Operation.Max) == 2, "allreduce");
    }

    private static void Parts(Intracommunicator world)
    {
        using var copy = world.Clone();
        Check(copy.Handle != world.Handle && copy.Size == 3, "clone");
        copy.Send(1, world.Rank, 5); // To itself: small enough not to wait.
        Check(world.ImmediateProbe(Intracommunicator.AnySource, 5) is null, "a clone's messages are its own");
        Check(copy.Receive<int>(world.Rank, 5) == 1, "to itself");
        using var part = world.Split(world.Rank == 0 ? -1 : 1, -world.Rank);
        Check(world.Rank == 0 ? part is null : part is { Size: 2 } && part.Rank == 2 - world.Rank, "split");
        Check(Intracommunicator.FromHandle(copy.Handle).Rank == world.Rank, "by handle");
    }

    private static void Errors(Intracommunicator world)
    {
        using var copy = world.Clone();
        copy.Send(new int[10], world.Rank, 6);
        try
        {
            copy.Receive(world.Rank, 6, new int[5]);
            Check(false, "a message too long is an error");
        }
        catch (MpiException e)
        {
            Check(e.ErrorClass is 14 or 15 && e.Message.StartsWith("MPI_Recv failed: ", StringComparison.Ordinal), e.Message);
        }
    }

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            Console.WriteLine($"WRONG: {what}");
            MpiEnvironment.Abort(5);
        }
    }
}
