using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Native;

/// <summary>The C library's streams, which printf and its kin write to.</summary>
internal static unsafe class NativeStreams
{
    private const int ByLines = 1;

    /// <summary>Has standard output be written at every end of a line, also where it is no terminal.</summary>
    internal static void WriteByLines()
    {
        if (NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "stdout", out var stream))
        {
            _ = Libc.SetBuffering(*(nint*)stream, 0, ByLines, 0);
        }
    }
}
