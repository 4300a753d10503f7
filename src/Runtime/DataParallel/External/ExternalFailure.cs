using System;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <summary>A result that is its command's failure, on its way to the master.</summary>
internal sealed class ExternalFailure(ExternalResult result) : IFailedValue
{
    /// <inheritdoc/>
    public Exception ToException(ICommandInfo command) => new ExternalCommandException(command, result);
}
