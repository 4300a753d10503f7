using System;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>Simulated curves in a file whose name holds all that they depend on: model, domains, number of curves and seed. A line a curve, the forces with all their digits.</summary>
internal sealed class CurveCache
{
    private readonly string _file;

    private CurveCache(string file) => _file = file;

    /// <summary>The place of these curves in a folder, which is made where there is none.</summary>
    /// <exception cref="UsageException">The folder cannot be made.</exception>
    public static CurveCache In(string folder, SawsimOptions options, long seed)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new CurveCache(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{options.Model}-{options.Curves}x{options.Domains}-seed{seed}.csv")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"sawsim: --cache {folder}: {e.Message}");
        }
    }

    /// <summary>The curves that were simulated before; null when they were not.</summary>
    /// <exception cref="UsageException">The file holds something else.</exception>
    public double[][]? Read()
    {
        try
        {
            return File.Exists(_file) ? [.. File.ReadLines(_file).Select(line => line.Split(',').Select(force => double.Parse(force, CultureInfo.InvariantCulture)).ToArray())] : null;
        }
        catch (FormatException e)
        {
            throw new UsageException($"sawsim: {_file} holds no curves: {e.Message} Delete it.");
        }
    }

    /// <summary>Keeps curves for another time. The file appears whole.</summary>
    public void Write(double[][] curves)
    {
        var unfinished = $"{_file}.{Environment.ProcessId}";
        File.WriteAllLines(unfinished, curves.Select(curve => string.Join(',', curve.Select(force => force.ToString("R", CultureInfo.InvariantCulture)))));
        File.Move(unfinished, _file, overwrite: true);
    }
}
