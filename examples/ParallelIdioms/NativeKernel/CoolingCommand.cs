using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;

namespace HpcRuntime.Examples.ParallelIdioms.NativeKernel;

/// <summary>A rod that begins as a pure wave is cooled in C, and what is left of the wave is measured in Fortran.</summary>
/// <param name="library">The compiled kernels, at a place that every host knows by this name.</param>
internal sealed class CoolingCommand(string library, int mode, int points, double ratio, int steps) : SlaveCommand<double>
{
    /// <summary>Returns the amplitude of the wave at the end; it was 1 at the beginning.</summary>
    public override double Run(ISlaveContext slave)
    {
        var kernels = slave.Local(() => new HeatKernels(library), library);
        double[] temperatures = [.. Enumerable.Range(1, points).Select(i => Math.Sin(mode * Math.PI * i / (points + 1)))];
        kernels.Cool(temperatures, ratio, steps);
        return kernels.AmplitudeOf(mode, temperatures);
    }
}
