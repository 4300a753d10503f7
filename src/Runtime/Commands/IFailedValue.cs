using System;

namespace HpcRuntime.Commands;

/// <summary>A value that is its command's failure: it travels as any value, and the master ends the command with the exception it makes. For failures that carry more than words.</summary>
internal interface IFailedValue
{
    /// <summary>The failure of <paramref name="command"/>. Called once, on the master.</summary>
    Exception ToException(ICommandInfo command);
}
