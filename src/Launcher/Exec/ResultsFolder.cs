using System;
using System.Globalization;
using System.IO;
using System.Text;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary>Files of what each job printed, as GNU parallel lays them out: <c>FOLDER/1/first value/2/second value/stdout</c>, <c>stderr</c> and <c>seq</c>.</summary>
internal sealed class ResultsFolder(string folder)
{
    private const int LongestName = 255;

    /// <summary>Writes what a job printed.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    internal void Add(ExecJob job, ExternalResult result)
    {
        var path = folder;
        for (var i = 0; i < job.Values.Count; i++)
        {
            path = Path.Combine(path, (i + 1).ToString(CultureInfo.InvariantCulture), NameOf(job.Values[i]));
        }

        try
        {
            Directory.CreateDirectory(path);
            File.WriteAllBytes(Path.Combine(path, "stdout"), result.Out);
            File.WriteAllBytes(Path.Combine(path, "stderr"), result.Error);
            File.WriteAllText(Path.Combine(path, "seq"), job.Number.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--results {folder}: cannot write {path}: {e.Message}");
        }
    }

    /// <summary>A value as the name of a folder: one that no other value has.</summary>
    internal static string NameOf(string value)
    {
        var name = new StringBuilder(value).Replace("\\", "\\\\").Replace("\t", "\\t").Replace("/", "\\_").Replace("\0", "\\0").ToString();
        name = name switch
        {
            "" => "\\e",
            "." => "\\.",
            ".." => "\\..",
            _ => name,
        };
        return Encoding.UTF8.GetByteCount(name) <= LongestName ? name : throw new UsageException($"--results: the value '{value[..Math.Min(40, value.Length)]}...' is too long for the name of a folder.");
    }
}
