using System;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>A program for <c>hpcrun run</c>: a public class with a parameterless constructor, found by name or in an assembly.</summary>
public abstract class Application
{
    /// <summary>The whole program, on the master. The value becomes the exit code.</summary>
    /// <param name="processor">Runs commands on the fabric that the user chose.</param>
    /// <param name="args">The arguments after <c>--</c>.</param>
    public abstract int Run(Processor processor, string[] args);
}

/// <summary>The name and the line by which <c>hpcrun list</c> shows an application.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ApplicationAttribute(string name, string summary) : Attribute
{
    /// <summary>The name after <c>hpcrun run</c>, in kebab-case.</summary>
    public string Name { get; } = name;

    /// <summary>One line on what it does.</summary>
    public string Summary { get; } = summary;
}
