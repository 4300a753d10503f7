using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Doctor;

/// <summary>The files of an application as they are on this machine, to be compared with those of other hosts.</summary>
/// <param name="File">Its assembly or program, with its full path.</param>
/// <param name="Digests">SHA-256 of it, of its settings and of the libraries beside it, by file name.</param>
internal sealed record ApplicationBuild(string File, IReadOnlyDictionary<string, string> Digests)
{
    /// <summary>What a host that lacks it, or has another, needs.</summary>
    internal const string Fix = "install .NET and the application at the same place on every host, or in a directory that all share (dotnet publish into it)";

    private const int NamedAtMost = 3;
    private const string Mark = "file=";
    private const string NoFile = "file is missing";
    private const string NoTool = "tool is missing";
    private static readonly string[] Settings = [".deps.json", ".runtimeconfig.json"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private string Name => Path.GetFileName(File);

    /// <summary>The files of an application on this machine.</summary>
    /// <exception cref="UsageException">There is no such file, or one cannot be read.</exception>
    internal static ApplicationBuild Of(string file)
    {
        if (!System.IO.File.Exists(file))
        {
            throw new UsageException($"hpcrun doctor {file}: there is no such file ({Path.GetFullPath(file)}).");
        }

        var full = Path.GetFullPath(file);
        try
        {
            var settings = Settings.Select(extension => Path.ChangeExtension(full, extension));
            var files = Directory.EnumerateFiles(Path.GetDirectoryName(full)!, "*.dll").Concat(settings).Where(System.IO.File.Exists).Append(full).Distinct();
            return new ApplicationBuild(full, files.ToDictionary(one => Path.GetFileName(one), Digest));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"hpcrun doctor {file}: {e.Message}");
        }
    }

    /// <summary>What a host that can be reached has of it.</summary>
    internal Finding Compare(HostAgent agent, string host)
    {
        var subject = "host " + host;
        var run = agent.Run(host, $"""
            [ -e {MpiexecCommand.Quote(File)} ] || echo '{NoFile}'
            command -v sha256sum >/dev/null 2>&1 || echo '{NoTool}'
            cd {MpiexecCommand.Quote(Path.GetDirectoryName(File)!)} 2>/dev/null && sha256sum -- {string.Join(' ', Digests.Keys.Select(MpiexecCommand.Quote))} 2>/dev/null | sed 's/^/{Mark}/'
            exit 0
            """, Limit);
        var lines = run.Output.Split('\n');
        return run.Code != 0 ? Finding.Ill(subject, $"did not tell its files of {Name}: {run.Error.Trim()}", $"`{agent.Name} {host} ls {Path.GetDirectoryName(File)}` must answer soon: look at the disk there, or at the server of the folder")
            : lines.Contains(NoFile) ? Finding.Ill(subject, $"has no {File}", Fix)
            : lines.Contains(NoTool) ? Finding.Note(subject, $"has {File}; without sha256sum there its build cannot be compared")
            : Compare(subject, lines);
    }

    private Finding Compare(string subject, IEnumerable<string> lines)
    {
        var there = lines.Where(line => line.StartsWith(Mark, StringComparison.Ordinal))
            .Select(line => line[Mark.Length..].Split("  ", 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[1], pair => pair[0]);
        var missing = Digests.Keys.Except(there.Keys).Order(StringComparer.Ordinal).ToList();
        var other = Digests.Where(here => there.TryGetValue(here.Key, out var digest) && digest != here.Value).Select(here => here.Key).Order(StringComparer.Ordinal).ToList();
        return missing.Count + other.Count == 0
            ? Finding.Well(subject, $"has the same {Name}, with all {Text(Digests.Count)} files of its build")
            : Finding.Ill(subject, $"has another build of {Name}: {string.Join("; ", new[] { Few("other", other), Few("missing", missing) }.Where(text => text.Length > 0))}", Fix);
    }

    private static string Few(string what, List<string> names)
        => names.Count == 0 ? string.Empty : $"{what} {string.Join(", ", names.Take(NamedAtMost))}{(names.Count > NamedAtMost ? $" and {Text(names.Count - NamedAtMost)} more" : string.Empty)}";

    private static string Digest(string file)
    {
        using var stream = System.IO.File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
