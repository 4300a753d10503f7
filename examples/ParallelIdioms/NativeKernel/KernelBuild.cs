using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace HpcRuntime.Examples.ParallelIdioms.NativeKernel;

/// <summary>Compiles the kernels, whose sources this assembly carries, with gcc and gfortran.</summary>
internal static class KernelBuild
{
    /// <summary>Writes the library to <paramref name="library"/>, in one step: a slave that loads it meanwhile finds the old one or the new one.</summary>
    /// <returns>What went wrong, in one line; null when nothing did.</returns>
    internal static string? Compile(string library)
    {
        var folder = Directory.CreateTempSubdirectory("heat-kernels-").FullName;
        try
        {
            WriteSource(folder, "heat.c");
            WriteSource(folder, "heat.f90");
            var error = Run(folder, "gcc", "-O2", "-fPIC", "-c", "heat.c", "-o", "heat_c.o")
                ?? Run(folder, "gfortran", "-O2", "-fPIC", "-c", "heat.f90", "-o", "heat_f.o")
                ?? Run(folder, "gfortran", "-shared", "heat_c.o", "heat_f.o", "-o", "heat.so");
            if (error is null)
            {
                var fresh = $"{library}.{Environment.ProcessId}";
                File.Copy(Path.Combine(folder, "heat.so"), fresh, overwrite: true);
                File.Move(fresh, library, overwrite: true);
            }

            return error;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot write {library}: {e.Message}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteSource(string folder, string name)
    {
        using var source = typeof(KernelBuild).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"This assembly does not carry {name}.");
        using var file = File.Create(Path.Combine(folder, name));
        source.CopyTo(file);
    }

    private static string? Run(string folder, string compiler, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(compiler, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{compiler} ended with {process.ExitCode}: {said.Trim().Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? said.Trim()}";
        }
        catch (Win32Exception e)
        {
            return $"cannot start {compiler} ({e.Message}); install it (Debian package {compiler})";
        }
    }
}
