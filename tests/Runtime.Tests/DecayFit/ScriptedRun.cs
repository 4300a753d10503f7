using System;
using System.Collections.Generic;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Examples.DecayFit;
using HpcRuntime.Primitives;
using Serilog;

namespace HpcRuntime.Tests.DecayFit;

/// <summary>Runs a job's commands one by one, each time the one that <c>choose</c> picks of those waiting: results come home in any order a test wants.</summary>
internal sealed class ScriptedRun(Func<int, int> choose) : IMaster
{
    private readonly List<(SlaveCommand Command, Memo Memo)> _waiting = [];

    public int Commands { get; private set; }

    public ICommandInfo Command => throw new NotSupportedException("The job asks nothing about its commands.");

    public IDataStore Data => throw new NotSupportedException("The job keeps no data on ranks.");

    public static IReadOnlyList<CurveReport> InOrder(IReadOnlyList<Curve> curves, FitPlan plan, Noise? noise = null) => new ScriptedRun(_ => 0).Run(curves, plan, noise);

    public IReadOnlyList<CurveReport> Run(IReadOnlyList<Curve> curves, FitPlan plan, Noise? noise = null)
    {
        var job = new DecayFitJob(curves, noise ?? Noise.Of(curves, null), plan);
        job.Queue((command, memo) => AddToQueue(command, memo));
        while (_waiting.Count > 0)
        {
            var pick = choose(_waiting.Count);
            var (command, memo) = _waiting[pick];
            _waiting.RemoveAt(pick);
            Commands++;
            switch (command)
            {
                case FitCurve fit:
                    ((Memo<FitResult>)memo).Accept(this, fit.Run(new NoSlave()));
                    break;
                case FitBlock block:
                    ((Memo<FitBlockResult>)memo).Accept(this, block.Run(new NoSlave()));
                    break;
                default:
                    throw new InvalidOperationException($"An unexpected command: {command}");
            }
        }

        return job.Reports;
    }

    public void AddToQueue(SlaveCommand command, Memo? memo = null, CommandOptions? options = null) => _waiting.Add((command, memo!));

    /// <summary>A slave whose members nobody may need: what depends on slave, attempt or place in the run is not reproducible.</summary>
    private sealed class NoSlave : ISlaveContext
    {
        public int Rank => throw Unused();

        public int Size => throw Unused();

        public string Name => throw Unused();

        public int Attempt => throw Unused();

        public string? Label => throw Unused();

        public CancellationToken Cancellation => CancellationToken.None;

        public RandomStream Random => throw Unused();

        public IDataStore Data => throw Unused();

        public ILogger Log => Serilog.Core.Logger.None;

        public void ReturnResult(ResultCommand result) => throw Unused();

        private static NotSupportedException Unused() => new("The result must not depend on this.");
    }
}
