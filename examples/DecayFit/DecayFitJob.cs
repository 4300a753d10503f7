using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>The work on one file: a command for the fit of each curve and, as soon as a fit is home, commands for its simulations.
/// Whatever comes home is put in its place by curve and simulation, so the reports do not depend on the order in which it comes.</summary>
internal sealed class DecayFitJob
{
    private readonly FitPlan _plan;
    private readonly IReadOnlyList<Curve> _curves;
    private readonly Noise _noise;
    private readonly FitResult?[] _fits;
    private readonly double[]?[] _simulated;
    private readonly int[] _blocksMissing;
    private readonly CurveReport?[] _reports;

    public DecayFitJob(IReadOnlyList<Curve> curves, Noise noise, FitPlan plan)
    {
        _plan = plan;
        _curves = curves;
        _noise = noise;
        _fits = new FitResult?[curves.Count];
        _simulated = new double[]?[curves.Count];
        _blocksMissing = new int[curves.Count];
        _reports = new CurveReport?[curves.Count];
    }

    /// <summary>What was found, curve by curve in the order of the file. Complete once everything queued has come home.</summary>
    public IReadOnlyList<CurveReport> Reports =>
        [.. _reports.Select((report, i) => report ?? throw new InvalidOperationException($"Curve '{_curves[i].Name}' has no result yet: run what was queued first."))];

    /// <summary>Hands the first command of each curve, and the memo that takes its result, to <paramref name="queue"/>.</summary>
    public void Queue(Action<SlaveCommand, Memo> queue)
    {
        for (var i = 0; i < _curves.Count; i++)
        {
            queue(new FitCurve(_plan.Model.Kind, _curves[i], _noise, _plan.Verbose), new FitMemo(this, i));
        }
    }

    private void TakeFit(IMaster master, int index, FitResult fit)
    {
        _fits[index] = fit;
        if (!fit.IsOk || _plan.Simulations == 0)
        {
            _reports[index] = new CurveReport(_curves[index], fit, []);
            return;
        }

        var curve = _curves[index];
        var weighted = _noise.Source == NoiseSource.Column;
        var sigma = weighted ? curve.Sigma! : [.. Enumerable.Repeat(fit.Sigma, curve.X.Length)];
        var key = MonteCarlo.CurveKey(_plan.Seed, index);
        _simulated[index] = new double[_plan.Simulations * _plan.Model.ParameterCount];
        for (var first = 0; first < _plan.Simulations; first += MonteCarlo.BlockSize)
        {
            var count = Math.Min(MonteCarlo.BlockSize, _plan.Simulations - first);
            _blocksMissing[index]++;
            master.AddToQueue(new FitBlock(_plan.Model.Kind, curve.Name, curve.X, sigma, weighted, fit.Parameters, key, first, count, _plan.Verbose), new BlockMemo(this, index));
        }
    }

    private void TakeBlock(int index, FitBlockResult block)
    {
        block.Simulated.CopyTo(_simulated[index]!, block.First * _plan.Model.ParameterCount);
        if (--_blocksMissing[index] == 0)
        {
            _reports[index] = new CurveReport(_curves[index], _fits[index]!, _simulated[index]!);
            _simulated[index] = null;
        }
    }

    private sealed class FitMemo(DecayFitJob job, int index) : Memo<FitResult>
    {
        public override void Accept(IMaster master, FitResult value) => job.TakeFit(master, index, value);
    }

    private sealed class BlockMemo(DecayFitJob job, int index) : Memo<FitBlockResult>
    {
        public override void Accept(IMaster master, FitBlockResult value) => job.TakeBlock(index, value);
    }
}

/// <summary>What is to be done with every curve.</summary>
/// <param name="Model">What is fitted.</param>
/// <param name="Simulations">Simulated refits a curve; 0 for none.</param>
/// <param name="Seed">The seed of all random streams.</param>
/// <param name="Verbose">Whether commands say what they do.</param>
internal sealed record FitPlan(DecayModel Model, int Simulations, long Seed, bool Verbose = false);
