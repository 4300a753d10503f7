using System;
using System.IO;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace HpcRuntime.Output;

/// <summary>
/// The process's own standard streams, which no capture routes. Unbuffered: a write is in the hands of the system when it
/// returns. Kept for the life of the process; disposing one of them closes nothing.
/// </summary>
public static class HostStreams
{
    private static readonly Lazy<Stream> TheOut = new(() => Open(1), LazyThreadSafetyMode.ExecutionAndPublication);
    private static readonly Lazy<Stream> TheError = new(() => Open(2), LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Standard output.</summary>
    public static Stream Out => TheOut.Value;

    /// <summary>Standard error.</summary>
    public static Stream Error => TheError.Value;

    private static Stream Open(int descriptor)
    {
        var console = descriptor == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();
        var redirected = descriptor == 1 ? Console.IsOutputRedirected : Console.IsErrorRedirected;
        if (OperatingSystem.IsWindows() || !redirected)
        {
            return console;
        }

        // .NET's console stream says nothing when the reader of a pipe has gone (EPIPE); a file stream throws. Only for what
        // cannot seek: in a file it would keep a position of its own and overwrite what others write there.
        try
        {
            var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return file.CanSeek ? console : file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Closed, or of a kind that a file stream does not take.
            return console;
        }
    }
}
