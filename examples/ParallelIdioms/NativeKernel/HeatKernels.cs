using System;
using System.Runtime.InteropServices;

namespace HpcRuntime.Examples.ParallelIdioms.NativeKernel;

/// <summary>The compiled kernels, loaded once into a slave. Any thread may call them.</summary>
internal sealed class HeatKernels
{
    private readonly Steps _steps;
    private readonly Amplitude _amplitude;

    /// <summary>Loads the library.</summary>
    /// <exception cref="DllNotFoundException">It is not there, or is none.</exception>
    /// <exception cref="EntryPointNotFoundException">It is another library.</exception>
    internal HeatKernels(string library)
    {
        var handle = NativeLibrary.Load(library);
        _steps = Marshal.GetDelegateForFunctionPointer<Steps>(NativeLibrary.GetExport(handle, "heat_steps"));
        _amplitude = Marshal.GetDelegateForFunctionPointer<Amplitude>(NativeLibrary.GetExport(handle, "heat_amplitude"));
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Steps(double[] temperatures, double[] work, int points, double ratio, int steps);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate double Amplitude(double[] temperatures, int points, int mode);

    /// <summary>In C: lets the rod cool for so many steps. The array is changed in place; it is pinned, not copied.</summary>
    internal void Cool(double[] temperatures, double ratio, int steps) => _steps(temperatures, new double[temperatures.Length], temperatures.Length, ratio, steps);

    /// <summary>In Fortran: how much of a wave is in the temperatures.</summary>
    internal double AmplitudeOf(int mode, double[] temperatures) => _amplitude(temperatures, temperatures.Length, mode);
}
