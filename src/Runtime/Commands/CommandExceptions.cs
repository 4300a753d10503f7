using System;
using HpcRuntime.Primitives;

namespace HpcRuntime.Commands;

/// <summary>A command did not end well. <see cref="Command"/> says which.</summary>
public abstract class CommandException : HpcRuntimeException
{
    private protected CommandException(string message, ICommandInfo command, Exception? innerException) : base(message, innerException) => Command = command;

    /// <summary>The command, with its output.</summary>
    public ICommandInfo Command { get; }
}

/// <summary>One exception of the chain that a command threw, as told by the slave.</summary>
/// <param name="Type">Full name of its type.</param>
/// <param name="Message">Its message.</param>
/// <param name="Stack">Its stack on the slave; empty when there was none.</param>
public sealed record RemoteError(string Type, string Message, string Stack);
