using System;
using System.IO;
using System.Text;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>A file that appears whole or not at all: written beside its place, then moved there.</summary>
internal sealed class OutputFile
{
    private readonly string _path;
    private readonly string _option;
    private readonly bool _isDevice;

    private OutputFile(string path, string option, bool isDevice)
    {
        _path = path;
        _option = option;
        _isDevice = isDevice;
    }

    private string Temporary => Path.Combine(Path.GetDirectoryName(_path)!, FormattableString.Invariant($".{Path.GetFileName(_path)}.{Environment.ProcessId}.tmp"));

    /// <summary>A file to be written later at <paramref name="path"/>. That it can be written is tried now, so that no hour of work ends at a wrong path.</summary>
    /// <exception cref="UsageException">It cannot be written; the message names <paramref name="option"/>, path and reason.</exception>
    public static OutputFile At(string path, string option)
    {
        try
        {
            var full = Path.GetFullPath(path);

            // A device or pipe such as /dev/stdout is written to; to move a file over it would replace it.
            if (full.StartsWith("/dev/", StringComparison.Ordinal))
            {
                return new OutputFile(full, option, true);
            }

            // A link stays, and what it points at is replaced.
            var link = new FileInfo(full);
            var file = new OutputFile(link.LinkTarget is null ? full : link.ResolveLinkTarget(true)!.FullName, option, false);
            file.Try();
            return file;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Cannot(option, path, failure.Message);
        }
    }

    /// <summary>Writes all of it, as UTF-8.</summary>
    /// <exception cref="UsageException">It cannot be written any more.</exception>
    public void Write(string text)
    {
        var bytes = new UTF8Encoding(false).GetBytes(text);
        try
        {
            if (_isDevice)
            {
                using var device = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
                device.Write(bytes);
                return;
            }

            try
            {
                File.WriteAllBytes(Temporary, bytes);
                File.Move(Temporary, _path, true);
            }
            finally
            {
                File.Delete(Temporary);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Cannot(_option, _path, failure.Message);
        }
    }

    private void Try()
    {
        if (Directory.Exists(_path) || Path.EndsInDirectorySeparator(_path))
        {
            throw new IOException("it is a folder");
        }

        if (!Directory.Exists(Path.GetDirectoryName(_path)))
        {
            throw new IOException($"there is no folder '{Path.GetDirectoryName(_path)}'");
        }

        if (File.Exists(_path))
        {
            File.OpenWrite(_path).Dispose();
        }

        File.WriteAllBytes(Temporary, []);
        File.Delete(Temporary);
    }

    private static UsageException Cannot(string option, string path, string why) => new($"decay-fit: cannot write {option} '{path}': {why.TrimEnd('.')}.");
}
