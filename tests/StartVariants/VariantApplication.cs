using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.StartVariants;

/// <summary>The same for <c>hpcrun StartVariants.dll</c>.</summary>
public sealed class VariantApplication : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args) => Work(processor, args);

    /// <summary>Runs commands of the kind named by the first argument, and tells what came home and from how many processes other than this one.</summary>
    internal static int Work(Processor processor, string[] args)
    {
        var kind = args.Length > 0 ? args[0] : "managed";
        var values = new List<double>();
        var processes = new HashSet<int>();
        processor.RunQueue(Enumerable.Range(0, 8).Select(number => new VariantCommand(kind, number)), (_, result) =>
        {
            values.Add(result.Value);
            processes.Add(result.Process);
        });
        Console.WriteLine(FormattableString.Invariant($"sum {values.Sum():F6} of {values.Count}; in this process: {processes.Contains(Environment.ProcessId)}"));
        return 0;
    }
}
