using System;
using System.Runtime.InteropServices;
using HpcRuntime.Primitives;

namespace HpcRuntime.Backends.Native;

/// <summary>A call of the operating system failed. The message names the call, what it was about and the system's own words.</summary>
internal sealed class NativeException(string call, string about, int error)
    : HpcRuntimeException($"{call} failed for {about}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).")
{
    /// <summary>The error number (errno).</summary>
    internal int Error { get; } = error;

    /// <summary>The failure of the call that this thread made last.</summary>
    internal static NativeException Last(string call, string about) => new(call, about, Marshal.GetLastPInvokeError());
}

/// <summary>Whether these calls exist here.</summary>
internal static class NativeSupport
{
    /// <summary>Why shared memory, futexes and spawned slaves cannot be used here; null where they can.</summary>
    internal static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux())
        {
            return $"shared memory with futexes needs Linux; this is {RuntimeInformation.OSDescription}";
        }

        return RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64
            ? null
            : $"shared memory with futexes needs x64 or arm64; this process is {RuntimeInformation.ProcessArchitecture}";
    }

    /// <exception cref="PlatformNotSupportedException">The calls do not exist here.</exception>
    internal static void Require()
    {
        if (WhyNot() is { } reason)
        {
            throw new PlatformNotSupportedException(char.ToUpperInvariant(reason[0]) + reason[1..] + ".");
        }
    }
}
