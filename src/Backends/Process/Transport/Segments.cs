using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Primitives;

namespace HpcRuntime.Backends.Process;

/// <summary>What every shared segment begins with: whose it is, of which run, laid out how.</summary>
internal static class Segments
{
    internal static void Stamp(SharedMemory memory, ReadOnlySpan<byte> secret, int rank)
    {
        memory.At<int>(Layout.VersionAt) = Layout.Version;
        memory.At<int>(Layout.RankAt) = rank;
        secret.CopyTo(memory.Span(Layout.SecretAt, Layout.SecretBytes));
        Volatile.Write(ref memory.At<ulong>(Layout.MagicAt), Layout.Magic);
    }

    /// <summary>Disposes the memory when it is not what it should be.</summary>
    /// <exception cref="HpcRuntimeException">It is not.</exception>
    internal static void Verify(SharedMemory memory, ReadOnlySpan<byte> secret, int leastBytes)
    {
        if (Offence(memory, secret, leastBytes) is { } offence)
        {
            memory.Dispose();
            throw new HpcRuntimeException($"The shared memory that this slave inherited cannot be used: {offence}.");
        }
    }

    private static string? Offence(SharedMemory memory, ReadOnlySpan<byte> secret, int leastBytes)
    {
        if (memory.Length < (nuint)leastBytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it has {memory.Length} bytes instead of {leastBytes}");
        }

        if (Volatile.Read(ref memory.At<ulong>(Layout.MagicAt)) != Layout.Magic)
        {
            return "it is not a segment of HpcRuntime";
        }

        var version = memory.At<int>(Layout.VersionAt);
        if (version != Layout.Version)
        {
            return string.Create(CultureInfo.InvariantCulture, $"its layout is version {version}, this slave's HpcRuntime has version {Layout.Version}; start master and slaves from the same files");
        }

        return CryptographicOperations.FixedTimeEquals(memory.Span(Layout.SecretAt, Layout.SecretBytes), secret) ? null : "it belongs to another run";
    }
}
