using System;
using System.Globalization;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Applications;

/// <summary>Puts so many MiB in front of every slave, says "sending" when it begins to, and has 20 commands look at them, each of which is told with its rank. With a second argument it sends so many versions in a row.</summary>
public sealed class DataApplication : Application
{
    public override int Run(Processor processor, string[] args)
    {
        var numbers = new long[int.Parse(args[0], CultureInfo.InvariantCulture) << 17];
        processor.ExecuteOnEverySlave(new RankCommand()); // All are up.
        Console.WriteLine("sending");
        var (right, asked) = (0, 0);
        for (var version = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1; version > 0; version--)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = i + version;
            }

            processor.SendData("numbers", numbers);
            for (var i = 0; i < 20; i++, asked++)
            {
                processor.AddToQueue(new RankWhereNumbersAreRight(version), rank =>
                {
                    Console.WriteLine($"right on {rank}");
                    right += rank > 0 ? 1 : 0;
                });
            }
        }

        processor.RunQueue();
        Console.WriteLine($"{right} of {asked} right, {processor.Statistics.SlavesLost} slaves lost");
        return 0;
    }
}

public sealed class RankCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => slave.Rank;
}

public sealed class RankWhereNumbersAreRight(int version) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        var numbers = slave.Data.Get<long[]>("numbers");
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != i + version)
            {
                return 0;
            }
        }

        return slave.Rank;
    }
}
