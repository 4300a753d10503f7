using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>How a rank was lost, from whatever tells: what its launcher noted, and what it left behind where its host is the master's.</summary>
internal static class MpiLoss
{
    /// <summary>The launcher's note of a rank on this host comes within milliseconds of its end, but later where the machine is busy.</summary>
    private static readonly TimeSpan NotePatience = TimeSpan.FromSeconds(3);

    /// <summary>That of a rank on another host, which may not share the folder, or be gone.</summary>
    private static readonly TimeSpan RemoteNotePatience = TimeSpan.FromMilliseconds(200);

    internal static RankLoss Of(MpiWorld world, MpiPeer peer, bool memoryRanOut)
    {
        var end = peer.KilledBecause is null || peer.FellSilent ? NotedEnd(world, peer) : null;
        var what = peer.KilledBecause ?? Describe(end, peer.IsLocal && memoryRanOut) ?? "its process is gone";
        var reason = peer is { KilledBecause: null, ErrorFile: { } errors } && end?.ExitCode != 0 ? SlaveRemains.Reason(errors) : null;
        var loss = new RankLoss(reason is null ? what : $"{what}: {reason}", end?.ExitCode, end?.Signal is { } signal ? Signals.NameOf(signal) : null) { FromOutside = IsFromOutside(world, peer, end, memoryRanOut) };
        return peer is { Page: { } page, OutFile: { } outFile, ErrorFile: { } errorFile } ? SlaveRemains.Complete(loss, page, outFile, errorFile, peer.Messages) : loss;
    }

    /// <summary>Whether the end is not the doing of what the rank ran: it was killed, and not for its memory, or it is its host or network that is gone. One that was ended for its command, or ended itself, is not.</summary>
    private static bool IsFromOutside(MpiWorld world, MpiPeer peer, ProcessEnd? end, bool memoryRanOut) => (peer, end) switch
    {
        ({ KilledBecause: not null, FellSilent: false }, _) => false,
        (_, { Signal: Signals.Kill }) => !(peer.IsLocal && memoryRanOut),
        (_, not null) => false,
        _ => !peer.IsLocal && (peer.FellSilent || !NotesEnds(world)),
    };

    /// <summary>Whether the launcher's wrapper notes how ranks end: where one should be and is none to be seen, nobody knows.</summary>
    private static bool NotesEnds(MpiWorld world) => world.Settings.Environment(MpiWorldSettings.RunVariable) is { Length: > 0 };

    private static string? Describe(ProcessEnd? end, bool memoryRanOut) =>
        end is { Signal: Signals.Kill } && memoryRanOut ? $"{end} (by the system, as it seems, for memory ran out; 'dmesg' tells)" : end?.ToString();

    private static ProcessEnd? NotedEnd(MpiWorld world, MpiPeer peer)
    {
        if (world.Settings.Environment(MpiWorldSettings.RunVariable) is not { Length: > 0 } folder || !Directory.Exists(folder))
        {
            return null;
        }

        var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"ended.{peer.Rank}"));
        var patience = peer.IsLocal ? NotePatience : RemoteNotePatience;
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var isLast = Stopwatch.GetElapsedTime(start) >= patience; // A look comes after the time is up: this thread may have stood still.
            if (File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                return code > 128 ? new ProcessEnd(null, code - 128) : new ProcessEnd(code, null);
            }

            if (isLast)
            {
                return null;
            }

            // A file that another host writes rings nobody.
            System.Threading.Thread.Sleep(5);
        }
    }
}
