using System;
using System.Globalization;
using System.Threading;
using HpcRuntime.Commands;

namespace HpcRuntime.Examples.CrashDemo;

/// <summary>Says what it is about to do on both streams, and does it.</summary>
internal sealed class CrashCommand(string kind) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: attempt {slave.Attempt} begins"));
        Console.Error.WriteLine($"{kind}: this command goes wrong on purpose");
        CrashKind.Named(kind).Act();

        // A signal may take a moment to arrive.
        slave.Cancellation.WaitHandle.WaitOne(Timeout.Infinite);
    }
}
