using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Bench;

/// <summary>What <c>hpcrun bench</c> runs on the master: one workload of the contract, or the short table.</summary>
/// <param name="arguments">What is asked.</param>
/// <param name="output">Takes the lines.</param>
internal sealed class BenchApplication(BenchArguments arguments, TextWriter output)
{
    private static readonly string[] Known = ["W1", "W2", "W3a", "W3b", "W3c", "W4", "W5", "W6", "W7", "W8", "wake", "asleep", "map", "memory", "lazy", "capture", "cancel"];

    /// <summary>Runs it to its exit code.</summary>
    /// <exception cref="UsageException">There is no such workload.</exception>
    /// <exception cref="WrongResultException">A result was wrong.</exception>
    internal int Run(Processor processor)
    {
        if (arguments.Workload is null)
        {
            return new BenchTable(arguments, output).Run(processor);
        }

        var workload = Find(arguments.Workload);
        var stage = new Stage(processor.SlaveCount, arguments.Tasks, arguments.Payload, new ResourceTally());
        foreach (var (repetition, measured) in Repeat(processor, workload, stage, workload is StartWorkload ? 1 : arguments.Repetitions, arguments.Budget))
        {
            output.WriteLine(BenchRecord.Write("hpcruntime-" + processor.FabricName, workload, stage, arguments.Mode, repetition, measured));
            output.Flush();
        }

        return ExitCodes.Success;
    }

    /// <summary>The repetitions, on the same slaves, after a warm-up that is not timed.</summary>
    internal static IEnumerable<(int Repetition, Measurement Measured)> Repeat(Processor processor, Workload workload, Stage stage, int repetitions, double budget)
    {
        if (workload.WarmsUp)
        {
            processor.RunQueue(Enumerable.Range(0, 4 * stage.Slaves).Select(i => new NoOp(i)), (_, _) => { });
        }

        var spent = 0.0;
        for (var repetition = 0; repetition < repetitions && (repetition == 0 || spent <= budget); repetition++)
        {
            if (repetition > 0)
            {
                GC.Collect(); // What the last one left, outside of the time, as programs in C free theirs. Not before the first: W6 counts from the launch.
            }

            var measured = workload.Run(processor, stage);
            spent += measured.Seconds;
            yield return (repetition, measured);
        }
    }

    /// <summary>The workload called <paramref name="name"/>.</summary>
    internal static Workload Find(string name) => name switch
    {
        "W1" => new NoOpWorkload(),
        "W2" => new RoundTripWorkload(),
        "W3a" => new BytesWorkload(),
        "W3b" => new ArraysWorkload(),
        "W3c" => new DataWorkload(),
        "W4" => new UnevenWorkload(),
        "W5" => new SortWorkload(),
        "W6" => new StartWorkload(BenchMark.Launched),
        "W7" => new OutputWorkload(),
        "W8" => new IdleWorkload(),
        "wake" => new WakeWorkload(masterSleeps: false),
        "asleep" => new WakeWorkload(masterSleeps: true),
        "map" => new MapWorkload(),
        "memory" => new MemoryWorkload(),
        "lazy" => new LazyWorkload(),
        "capture" => new CaptureWorkload(),
        "cancel" => new CancelWorkload(),
        _ => throw new UsageException($"--workload is '{name}'; known are {string.Join(", ", Known)}."),
    };
}
