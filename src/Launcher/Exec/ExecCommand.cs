using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;

namespace HpcRuntime.Launcher.Exec;

/// <summary>What a slave gets of a job: the program, with the slave's own rank where the job asks for it. However the program ends is its value.</summary>
internal sealed class ExecCommand(long number, string program, string[] arguments, string? slotMark, ExecSettings settings) : SlaveCommand<ExternalResult>
{
    /// <inheritdoc/>
    public override ExternalResult Run(ISlaveContext slave)
    {
        var slot = slave.Rank.ToString(CultureInfo.InvariantCulture);
        var command = new ExternalCommand(WithSlot(program, slot), arguments.Select(argument => WithSlot(argument, slot)))
        {
            CheckExitCode = false,
            Timeout = settings.Timeout,
            WorkingDirectory = settings.WorkingDirectory,
            Output = settings.Ungrouped ? ExternalOutput.Inherited : ExternalOutput.Captured,
            MaxOutput = settings.MaxOutput,
            Environment = new Dictionary<string, string?> { ["PARALLEL_SEQ"] = number.ToString(CultureInfo.InvariantCulture), ["PARALLEL_JOBSLOT"] = slot },
        };
        return command.Run(slave);
    }

    private string WithSlot(string text, string slot) => slotMark is null ? text : text.Replace(slotMark, slot, StringComparison.Ordinal);
}

/// <summary>How jobs are run on slaves.</summary>
/// <param name="Timeout">The most time one may take; null for no limit.</param>
/// <param name="WorkingDirectory">Where they run; null for the slave's own directory.</param>
/// <param name="Ungrouped">Whether they print to the slave's own streams.</param>
/// <param name="MaxOutput">Bytes of each stream that one may print.</param>
internal sealed record ExecSettings(TimeSpan? Timeout, string? WorkingDirectory, bool Ungrouped, long MaxOutput);
