namespace HpcRuntime.Backends.Process;

/// <summary>Where things lie in the shared segments. Words that different ranks write are two cache lines apart, because processors fetch lines in pairs.</summary>
internal static class Layout
{
    /// <summary>Raised by every change of what lies where or of what a frame looks like.</summary>
    internal const int Version = 2;

    internal const ulong Magic = 0x314D4853_43504855; // "UHPCSHM1"

    internal const int PageBytes = 4096;

    // Both segments.
    internal const int MagicAt = 0;
    internal const int VersionAt = 8;
    internal const int RankAt = 12;
    internal const int SecretAt = 16;
    internal const int SecretBytes = 16;

    // The master's segment.
    internal const int CoresAt = 32;
    internal const int SeatsAt = 36;
    internal const int MasterParkedAt = 256;
    internal const int AwakeAt = PageBytes;
    internal const int MostRanks = 65536; // One byte each.
    internal const int MasterBytes = PageBytes + MostRanks; // Behind it lies what all slaves share.

    // A slave's segment.
    internal const int IncarnationAt = 32;
    internal const int RingBytesAt = 36;
    internal const int StateAt = 256;
    internal const int SlaveParkedAt = 512;
    internal const int RunningCommandAt = 768;
    internal const int DownControlAt = 2048;
    internal const int UpControlAt = 3072;
    internal const int RingsAt = PageBytes;
}
