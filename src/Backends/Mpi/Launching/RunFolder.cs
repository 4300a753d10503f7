using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>The record of one run: a folder in which the ranks, their wrappers and the agents leave word. Every file is written aside and then renamed, so none is ever read half.
/// On a host that does not have the folder a word is a line of standard error instead, which mpiexec carries to the launcher: the character RS (0x1E), the folder, the file's name, and what is in it.</summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>Rank 0's exit code; 128 and the number where a signal ended it.</summary>
    internal const string ResultFile = "result";

    /// <summary>Rank 0's process and host.</summary>
    internal const string MasterFile = "master";

    /// <summary>Written by rank 0 once MPI has started on every rank.</summary>
    internal const string BegunFile = "begun";

    /// <summary>Before a rank: the exit code of its process, written when that has ended, however it did.</summary>
    internal const string EndedPrefix = "ended.";

    /// <summary>Before a host: the exit code of the agent that held mpiexec's daemon there, written when that has ended.</summary>
    internal const string DaemonPrefix = "daemon.";

    /// <summary>The first byte of a word that came another way.</summary>
    internal const byte WordMark = 0x1e;

    /// <summary>How long after a change the files are read all the same: a file system keeps its times to a second or better, so that two changes may bear one time.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private DateTime _changed;
    private TimeSpan _seenAt;

    /// <summary>Makes a folder that nobody else can read.</summary>
    /// <exception cref="LaunchException">It cannot be made.</exception>
    internal RunFolder(string parent)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The launcher of the mpi fabric needs a system with POSIX processes and a shell.");
        }

        try
        {
            if (!Directory.Exists(parent))
            {
                throw new DirectoryNotFoundException("there is no such folder");
            }

            Path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), "hpcrun-" + Guid.NewGuid().ToString("N")[..12]);
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LaunchException($"the folder of the run's record cannot be made in {parent}: {e.Message}; choose another with --set mpi.run-folder=FOLDER.");
        }
    }

    /// <summary>Its full path.</summary>
    internal string Path { get; }

    /// <summary>Whether word may have come lately. This is one question to the file system, where reading the record is a dozen: a launcher that waits is to cost less than the ranks that wait.</summary>
    /// <param name="now">The time on any clock, the same at each call.</param>
    internal bool MayHaveNews(TimeSpan now)
    {
        var changed = Directory.GetLastWriteTimeUtc(Path);
        if (changed != _changed)
        {
            (_changed, _seenAt) = (changed, now);
        }

        return now - _seenAt < Settling;
    }

    /// <summary>Rank 0's exit code; null until it ends.</summary>
    internal int? Result => int.TryParse(Read(ResultFile), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;

    /// <summary>Rank 0's process and host; null until it has started.</summary>
    internal (int Process, string Host)? Master => Read(MasterFile)?.Split(' ') is [var process, var host] && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? (id, host) : null;

    /// <summary>Whether rank 0's process has ended; it may have told its exit code before, as the first thing of its end.</summary>
    internal bool MasterHasEnded => File.Exists(System.IO.Path.Combine(Path, EndedPrefix + "0"));

    /// <summary>Whether rank 0 has all ranks in its world: from then on the fabric looks after them.</summary>
    internal bool HasBegun => File.Exists(System.IO.Path.Combine(Path, BegunFile));

    /// <summary>The first host whose agent ended before rank 0 did, the agent's exit code, and when that was.</summary>
    internal (string Host, int Code, DateTime When)? LostDaemon => FirstBeforeTheResult(DaemonPrefix, code => code != 0); // A daemon whose ranks have all ended, as after the loss of a host's only one, leaves in order.

    /// <summary>The first rank whose process ended before rank 0's, its exit code, and when that was.</summary>
    internal (string Rank, int Code, DateTime When)? FirstEndedSlave => FirstBeforeTheResult(EndedPrefix, _ => true);

    /// <summary>Writes a file of ours.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="runs">Whether it can be run.</param>
    /// <returns>Its full path.</returns>
    internal string Write(string name, string text, bool runs = false)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        if (runs && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return file;
    }

    /// <summary>Leaves word in the record from a process of the run, on whatever host that is.</summary>
    internal static void Tell(string folder, string name, string text)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Put(folder, name, text);
                return;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is there and cannot be written, as where the network's file system knows nobody of this host.
        }

        using var errors = Console.OpenStandardError();
        errors.Write(Encoding.UTF8.GetBytes($"{(char)WordMark}{folder} {name} {text}\n")); // At once, so that nothing comes between.
    }

    /// <summary>Puts a word that came as a line into the record, without its end; false when it is none of this run's.</summary>
    internal bool TryTake(ReadOnlySpan<byte> line)
    {
        var begin = $"{(char)WordMark}{Path} ";
        var text = Encoding.UTF8.GetString(line);
        if (!text.StartsWith(begin, StringComparison.Ordinal) || text[begin.Length..].Split(' ', 2) is not [var name, var content]
            || !(name is MasterFile or BegunFile || ((name == ResultFile || (name.StartsWith(EndedPrefix, StringComparison.Ordinal) && IsNumber(name[EndedPrefix.Length..]))) && IsNumber(content.TrimEnd()))))
        {
            return false;
        }

        try
        {
            if (!File.Exists(System.IO.Path.Combine(Path, name))) // What rank 0 itself says of its result comes before what its wrapper says.
            {
                Put(Path, name, content);
            }
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            // As when a rank cannot write its word itself: the run goes on without it. Whoever reads this line for the record has other lines to pass on.
        }

        return true;
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Remove(Path);

    /// <summary>Removes the folder of a record, if it is there.</summary>
    internal static void Remove(string folder)
    {
        try
        {
            // Out of everyone's way first: an agent that has just ended may be about to leave word in it.
            Directory.Move(folder, folder + ".gone");
            Directory.Delete(folder + ".gone", recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Ranks and agents remove it too, when the launcher seems to be gone.
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // On a network's file system a file that somebody still reads cannot go. The run has ended, and its exit code counts for more than a folder of a few hundred bytes.
        }
    }

    private static bool IsNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static void Put(string folder, string name, string text)
    {
        var file = System.IO.Path.Combine(folder, name);
        File.WriteAllText(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private (string Name, int Code, DateTime When)? FirstBeforeTheResult(string prefix, Func<int, bool> counts)
    {
        var result = new FileInfo(System.IO.Path.Combine(Path, ResultFile));
        var end = result.Exists ? result.LastWriteTimeUtc : DateTime.MaxValue;
        return Directory.EnumerateFiles(Path, prefix + "*")
            .Where(file => !file.EndsWith(".new", StringComparison.Ordinal) && !file.EndsWith(prefix + "0", StringComparison.Ordinal))
            .Select(file => (File: System.IO.Path.GetFileName(file), When: File.GetLastWriteTimeUtc(file)))
            .Where(word => word.When < end)
            .OrderBy(word => word.When)
            .Select(word => ((string Name, int Code, DateTime When)?)(word.File[prefix.Length..], int.Parse(Read(word.File)!, NumberStyles.None, CultureInfo.InvariantCulture), word.When))
            .FirstOrDefault(word => counts(word!.Value.Code));
    }

    private string? Read(string name)
    {
        var file = System.IO.Path.Combine(Path, name);
        try
        {
            return File.Exists(file) ? File.ReadAllText(file).Trim() : null; // Mostly it is not there yet, and an exception is dear.
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
