using System;
using System.IO;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms;

/// <summary>An application that can be run by the tests without the console.</summary>
public abstract class ExampleApplication : Application
{
    /// <inheritdoc/>
    public sealed override int Run(Processor processor, string[] args)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return Run(processor, args, Console.In, Console.Out);
    }

    /// <inheritdoc cref="Application.Run"/>
    internal abstract int Run(Processor processor, string[] args, TextReader input, TextWriter output);
}
