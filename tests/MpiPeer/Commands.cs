using System;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.Tests.MpiPeer;

internal sealed class PrintCommand(string text) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        Console.WriteLine(text);
        return slave.Rank;
    }
}

/// <summary>Uses MPI inside a command: what it sends to itself comes back.</summary>
internal sealed class OwnMpiCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => MpiFabric.Use(world =>
    {
        world.Send(world.Rank * 10, world.Rank, 5);
        return world.Receive<int>(world.Rank, 5);
    });
}

internal sealed class HandlerCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        Register(slave.Rank);
        return slave.Rank;
    }

    internal static void Register(int rank) => AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine($"rank {rank} ends");
}

internal sealed class SendByItselfCommand(int value) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        OwnMpiScenario.SendToMaster(value);
        return value;
    }
}

internal sealed class ProcessCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => Environment.ProcessId;
}

internal sealed class DataCommand(string name) : SlaveCommand<string>
{
    public override string Run(ISlaveContext slave) => slave.Data.Get<string>(name);
}

internal sealed class NumberCommand(int value, int victim) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        if (slave.Rank == victim && slave.Attempt == 1)
        {
            Process.GetCurrentProcess().Kill();
        }

        return value;
    }
}

internal sealed class ExitCommand(int code) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        Environment.Exit(code);
        return code;
    }
}

/// <summary>A loop without an end.</summary>
internal sealed class EndlessCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        for (var turns = 1; turns != 0; turns |= 1)
        {
            turns++;
        }

        return slave.Rank;
    }
}

internal sealed class WaitCommand(int milliseconds) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        Thread.Sleep(milliseconds);
        return slave.Rank;
    }
}

/// <summary>Says in which process it runs, and waits there. From attempt 2 on it returns the attempt.</summary>
internal sealed class UntilKilledCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        if (slave.Attempt == 1)
        {
            Console.WriteLine($"processes {Environment.ProcessId}");
            slave.Cancellation.WaitHandle.WaitOne(60_000);
        }

        return slave.Attempt;
    }
}

/// <summary>Checks an array that it gets, and gives one of as many numbers back as asked.</summary>
internal sealed class ArrayCommand(Lent<long[]>? numbers, int answer) : SlaveCommand<Lent<long[]>>
{
    public override Lent<long[]> Run(ISlaveContext slave)
    {
        if (numbers is { } lent && !Pattern.Holds(lent.Value))
        {
            throw new InvalidOperationException("the numbers are not those that were sent");
        }

        return new Lent<long[]>(Pattern.Make(answer));
    }
}

/// <summary>Numbers by their place, so that a piece in a wrong place shows.</summary>
internal static class Pattern
{
    private const int Stride = 509;

    internal static long[] Make(int count)
    {
        var numbers = new long[count];
        for (var i = 0; i < count; i += Stride)
        {
            numbers[i] = i + 1L;
        }

        return numbers;
    }

    internal static bool Holds(long[] numbers)
    {
        for (var i = 0; i < numbers.Length; i += Stride)
        {
            if (numbers[i] != i + 1L)
            {
                return false;
            }
        }

        return true;
    }
}
