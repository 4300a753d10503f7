using HpcRuntime.Fabrics;

namespace HpcRuntime.Processing;

/// <summary>A command that has arrived at a slave and has not begun; its bytes lie in the message that brought it.</summary>
internal readonly record struct PendingCommand(CommandHeader Header, HeldMessage Held, int Offset, int Length, int FirstBlock);

/// <summary>A message that is kept until the last of its commands has begun or was dropped. Used again for others.</summary>
internal sealed class HeldMessage
{
    private Message? _message;
    private int _uses;

    internal Message Message => _message!;

    internal void Hold(Message message, int uses) => (_message, _uses) = (message, uses);

    /// <summary>One of its commands needs it no more; true when that was the last.</summary>
    internal bool Release()
    {
        if (--_uses > 0)
        {
            return false;
        }

        Message.Dispose();
        _message = null;
        return true;
    }
}

/// <summary>Which commands a cancellation concerns.</summary>
internal enum CancelScope : byte
{
    Command,
    Run,
    All,
}
