using System;
using HpcRuntime.Commands;

namespace HpcRuntime.Tests.StartVariants;

/// <summary>What a command sends home: a type of the application's own.</summary>
public sealed record VariantResult(double Value, int Process);

/// <summary>The cosine of its number, computed by managed code or by a native library that is found in one way or another.</summary>
public sealed class VariantCommand(string kind, int number) : SlaveCommand<VariantResult>
{
    /// <inheritdoc/>
    public override VariantResult Run(ISlaveContext slave)
    {
        var value = kind switch
        {
            "managed" => Math.Cos(number),
            "native" => NativeCosine.ByName(number),
            "wait" => Wait(slave),
            "resolver" => NativeCosine.ByResolver(number),
            _ => throw new ArgumentException($"unknown kind {kind}"),
        };
        return new VariantResult(value, Environment.ProcessId);
    }

    private static double Wait(ISlaveContext slave)
    {
        Console.WriteLine("waiting");
        slave.Cancellation.WaitHandle.WaitOne();
        slave.Cancellation.ThrowIfCancellationRequested();
        return 0;
    }
}
