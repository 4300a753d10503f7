using System;
using System.IO;
using System.Text;
using HpcRuntime.Output;

namespace HpcRuntime.Tests.Output;

/// <summary>Takes what is pending.</summary>
internal static class Drain
{
    public static string Text(ICommandOutput output, OutputStream stream = OutputStream.Out) => Encoding.UTF8.GetString(Bytes(output, stream));

    public static byte[] Bytes(ICommandOutput output, OutputStream stream = OutputStream.Out)
    {
        using var all = new MemoryStream();
        Into(output, stream, all);
        return all.ToArray();
    }

    public static void Into(ICommandOutput output, OutputStream stream, Stream destination)
    {
        Span<byte> part = new byte[8192];
        for (var count = output.Take(stream, part); count > 0; count = output.Take(stream, part))
        {
            destination.Write(part[..count]);
        }
    }
}
