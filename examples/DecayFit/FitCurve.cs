using System;
using HpcRuntime.Commands;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Fits one curve, on a slave.</summary>
internal sealed class FitCurve(DecayModelKind model, Curve curve, Noise noise, bool verbose) : SlaveCommand<FitResult>
{
    public override FitResult Run(ISlaveContext slave)
    {
        if (verbose)
        {
            Console.WriteLine($"fitting {curve.Name}");
        }

        return FitResult.Of(DecayModel.Of(model), curve, noise);
    }
}
