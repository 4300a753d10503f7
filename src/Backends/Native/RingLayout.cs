using HpcRuntime.Primitives;

namespace HpcRuntime.Backends.Native;

/// <summary>What both ends of a byte ring of frames agree on. A frame begins with its length in bytes, an int that counts itself.</summary>
internal static class RingLayout
{
    /// <summary>The control words, from where they begin. Those that different processes write are two cache lines apart, because processors fetch lines in pairs.</summary>
    internal const int TailAt = 0;
    internal const int HeadAt = 256;
    internal const int WantedAt = 512;

    /// <summary>What the control words take.</summary>
    internal const int ControlBytes = 768;

    /// <summary>Frames begin at multiples of this.</summary>
    internal const int Alignment = 16;

    /// <summary>No frame is shorter.</summary>
    internal const int LeastFrameBytes = 16;

    /// <summary>What a frame's room in the ring is for <paramref name="length"/> bytes.</summary>
    internal static int Padded(int length) => (int)(((uint)length + Alignment - 1) & ~(uint)(Alignment - 1));
}

/// <summary>What another process wrote cannot be a message. The peer is treated as lost.</summary>
internal sealed class CorruptFrameException(string what) : HpcRuntimeException($"corrupt message: {what}");
