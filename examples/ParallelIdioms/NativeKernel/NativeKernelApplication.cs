using System;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Examples.ParallelIdioms.Arguments;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.NativeKernel;

/// <summary>Commands that call C and Fortran, against what theory says: each step multiplies the wave of mode k by 1 - 4 r sin²(k pi / 2(n + 1)), exactly, for the scheme is explicit and the wave an eigenvector of it.</summary>
[Application("native-kernel", "Cools a rod in C and measures it in Fortran, called from commands; compares with theory.")]
public sealed class NativeKernelApplication : ExampleApplication
{
    private const double Ratio = 0.4;
    private const double Tolerance = 1e-12;
    private static readonly ArgumentReader Reader = new("native-kernel", "[options]: lets waves of heat decay in a rod, one command for each wave, with kernels written in C and Fortran.");

    /// <inheritdoc/>
    internal override int Run(Processor processor, string[] args, TextReader input, TextWriter output)
    {
        if (Reader.Read<NativeKernelOptions>(args, output) is not { } options)
        {
            return 0;
        }

        var points = Reader.Whole("--points", options.Points, 1, 1_000_000);
        var modes = Reader.Whole("--modes", options.Modes, 1, points);
        var steps = Reader.Whole("--steps", options.Steps, 0, 1_000_000_000);
        var library = Path.GetFullPath(options.Library ?? Path.Combine(AppContext.BaseDirectory, "libheat-kernels.so"));
        if (options.Build && KernelBuild.Compile(library) is { } error)
        {
            throw new UsageException($"native-kernel: {error.TrimEnd('.')}.");
        }

        if (!File.Exists(library))
        {
            throw new UsageException($"native-kernel: {library} is not there; build it (gcc and gfortran are needed): hpcrun run native-kernel -- --build --library {library}");
        }

        var amplitudes = processor.Map(Enumerable.Range(1, modes).Select(mode => new CoolingCommand(library, mode, points, Ratio, steps)).ToArray()).ToArray();
        var worst = 0.0;
        foreach (var (mode, amplitude) in Enumerable.Range(1, modes).Zip(amplitudes))
        {
            var theory = Math.Pow(1 - (4 * Ratio * Math.Pow(Math.Sin(mode * Math.PI / 2 / (points + 1)), 2)), steps);
            worst = Math.Max(worst, Math.Abs(amplitude - theory));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mode {mode}: {amplitude:F9}, in theory {theory:F9}"));
        }

        output.WriteLine(worst < Tolerance ? "all agree" : string.Create(CultureInfo.InvariantCulture, $"the worst is wrong by {worst:E1}"));
        return worst < Tolerance ? 0 : 1;
    }
}
