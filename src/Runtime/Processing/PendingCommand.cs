using HpcRuntime.Fabrics;

namespace HpcRuntime.Processing;

/// <summary>A command that has arrived at a slave and has not begun; its bytes lie in the message that brought it.</summary>
internal readonly record struct PendingCommand(CommandHeader Header, HeldMessage Held, int Offset, int Length, int FirstBlock);

/// <summary>A message that is kept until the last of its commands has begun or was dropped.</summary>
internal sealed class HeldMessage(Message message, int uses)
{
    private int _uses = uses;

    internal Message Message { get; } = message;

    internal void Release()
    {
        if (--_uses == 0)
        {
            Message.Dispose();
        }
    }
}

/// <summary>Which commands a cancellation concerns.</summary>
internal enum CancelScope : byte
{
    Command,
    Run,
    All,
}
