using System;
using System.IO;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

/// <summary>How far a file was followed: enough to go on from there, on any slave that sees the file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Bytes that are done: all lines before it were looked at.</param>
/// <param name="Head">The first bytes of the file, at most <see cref="HeadSize"/>. Another file under the same name is told by them.</param>
internal sealed record FilePlace(string Path, long Offset, byte[] Head)
{
    internal const int HeadSize = 256;

    /// <summary>The end of a file as it is now, behind whatever is in it.</summary>
    internal static FilePlace EndOf(string path)
    {
        using var file = Open(path);
        var length = file.Length;
        var head = new byte[Math.Min(length, HeadSize)];
        file.ReadExactly(head);
        return new FilePlace(path, length, head);
    }

    /// <summary>Opens a file that others write to, move and delete.</summary>
    internal static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Whether an open file may be this one: it begins in the same way and is long enough.</summary>
    internal bool IsIn(FileStream file)
    {
        Span<byte> head = stackalloc byte[Head.Length];
        return file.Length >= Offset && RandomAccess.Read(file.SafeFileHandle, head, 0) == head.Length && head.SequenceEqual(Head);
    }
}
