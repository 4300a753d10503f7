using System;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;

namespace HpcRuntime.Conformance;

/// <summary>A command of the user's own that runs two programs and hands on what the first printed to the second.</summary>
public sealed class TwoProgramsCommand(string first, string second) : SlaveCommand<string>
{
    /// <inheritdoc/>
    public override string Run(ISlaveContext slave)
    {
        ArgumentNullException.ThrowIfNull(slave);
        var made = ExternalCommand.Shell(first).Run(slave);
        return new ExternalCommand("/bin/sh", "-c", second) { Input = made.Out }.Run(slave).OutText;
    }
}
