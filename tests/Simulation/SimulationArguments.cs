using System;
using System.Collections.Generic;
using System.Globalization;
using HpcRuntime.Processing;

namespace HpcRuntime.Simulation;

/// <summary>What the command line asks for.</summary>
internal sealed record SimulationArguments
{
    internal const string Usage = """
        Simulation [--slaves 1024] [--commands 1000000] [--duration 10ms] [--spread none|uniform|exponential] [--chunking adaptive|each]
                   [--queue lazy|first] [--latency 5us] [--jitter 0s] [--bandwidth BYTES-PER-SECOND] [--message-cost 0.5us] [--slave-cost 2us]
                   [--losses 0] [--seed 0] [--charge measured|TIME-PER-COMMAND]
        Simulation --curves FOLDER [the same]
        Simulation --count master|slave --commands N    # under callgrind: scripts/count-instructions.sh
        Times are numbers with s, ms, us or ns.
        """;

    /// <summary>Commands of the run before, after which the run-time has compiled what is measured.</summary>
    private const int WarmUpCommands = 400_000;

    internal FabricModel Model { get; private init; } = new();

    internal Workload Workload { get; private init; } = new();

    /// <summary>Seconds of the master's core for a command; null to measure it.</summary>
    internal double? ChargeSeconds { get; private init; }

    internal string? CurvesFolder { get; private init; }

    /// <summary>Whose instructions callgrind is to count, <c>master</c> or <c>slave</c>; null outside callgrind.</summary>
    internal string? Count { get; private init; }

    internal static SimulationArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new SimulationArguments();
        for (var i = 0; i < args.Count; i += 2)
        {
            parsed = parsed.With(args[i], i + 1 < args.Count ? args[i + 1] : throw new FormatException($"{args[i]} needs a value."));
        }

        return parsed;
    }

    internal MasterCharge MakeCharge() => ChargeSeconds is { } seconds ? new FixedCharge(seconds) : new MeasuredCharge();

    /// <summary>Where the master's work is measured: a run of the same kind, until the run-time has compiled the whole path a second time.</summary>
    internal void WarmUp()
    {
        if (ChargeSeconds is null)
        {
            SimulatedRun.Of(Model with { Slaves = Math.Min(Model.Slaves, 64), Losses = 0 }, Workload with { Commands = WarmUpCommands }, MakeCharge());
        }
    }

    private SimulationArguments With(string option, string value) => option switch
    {
        "--slaves" => this with { Model = Model with { Slaves = (int)Whole(value) } },
        "--latency" => this with { Model = Model with { Latency = Time(value) } },
        "--jitter" => this with { Model = Model with { Jitter = Time(value) } },
        "--bandwidth" => this with { Model = Model with { Bandwidth = Number(value) } },
        "--message-cost" => this with { Model = Model with { MessageCost = Time(value) } },
        "--slave-cost" => this with { Model = Model with { SlaveCost = Time(value) } },
        "--losses" => this with { Model = Model with { Losses = (int)Whole(value) } },
        "--commands" => this with { Workload = Workload with { Commands = Whole(value) } },
        "--duration" => this with { Workload = Workload with { Duration = Time(value) } },
        "--spread" => this with { Workload = Workload with { Spread = Choice<Spread>(value) } },
        "--chunking" => this with { Workload = Workload with { Chunking = Choice<Chunking>(value) } },
        "--queue" => this with { Workload = Workload with { QueueFirst = value == "first" } },
        "--seed" => this with { Workload = Workload with { Seed = Whole(value) } },
        "--charge" => this with { ChargeSeconds = value == "measured" ? null : Time(value) },
        "--count" => this with { Count = value is "master" or "slave" ? value : throw new FormatException($"--count {value}: master or slave.") },
        "--curves" => this with { CurvesFolder = value },
        _ => throw new FormatException($"There is no option {option}."),
    };

    private static T Choice<T>(string value)
        where T : struct, Enum => Enum.TryParse<T>(value, ignoreCase: true, out var choice) ? choice : throw new FormatException($"'{value}' is none of {string.Join(", ", Enum.GetNames<T>())}.");

    private static long Whole(string value) => long.Parse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static double Number(string value) => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static double Time(string value)
    {
        ReadOnlySpan<(string Unit, double Seconds)> units = [("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9), ("s", 1)];
        foreach (var (unit, seconds) in units)
        {
            if (value.EndsWith(unit, StringComparison.Ordinal))
            {
                return Number(value[..^unit.Length]) * seconds;
            }
        }

        throw new FormatException($"'{value}' is no time: a number with s, ms, us or ns.");
    }
}
