using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>The options of the process fabric, read and checked.</summary>
internal sealed record ProcessSettings
{
    private const string FabricName = "process";

    private static readonly FabricOption TransportOption = new("transport", "how master and slaves talk: shared memory, or Unix-domain sockets", "shm", ["shm", "socket"]);
    private static readonly FabricOption HeartbeatOption = new("heartbeat", "a slave that shows no life for this long is lost and replaced (10s, 500ms); none: never", "10s");
    private static readonly FabricOption StartTimeoutOption = new("start-timeout", "a slave that has not come up after this long is lost (30s); none: never", "30s");
    private static readonly FabricOption MaxRestartsOption = new("max-restarts", "so many slaves may end in a row without having completed a command; then their seat stays empty", "5");
    private static readonly FabricOption RecycleOption = new("recycle-after", "a slave is renewed after so many commands; none: never", "none");
    private static readonly FabricOption MemoryOption = new("max-memory", "a slave with more resident memory (2GiB, 512MiB) is renewed; a command that takes more fails; none: no limit", "none");
    private static readonly FabricOption GraceOption = new("grace", "how long a command may go on after it was asked to stop (2s, 500ms); then its slave is ended", "the processor's, 2s");
    private static readonly FabricOption BindOption = new("bind", "core: slave n runs on the n-th allowed core only; none: the system chooses", "none", ["none", "core"]);
    private static readonly FabricOption PriorityOption = new("priority", "niceness of slaves, 0 to 19", "0");
    private static readonly FabricOption DirectoryOption = new("working-directory", "where slaves run", "the master's");
    private static readonly FabricOption DebugOption = new("debug", "on: debuggers and dotnet-trace may attach to slaves, and a slave that stands still is not lost", "off", ["off", "on"]);
    private static readonly FabricOption VariableOption = new("env.", "process.env.NAME=VALUE sets a variable for slaves", "the master's") { IsPrefix = true };

    internal static IReadOnlyList<FabricOption> Options { get; } =
        [TransportOption, HeartbeatOption, StartTimeoutOption, MaxRestartsOption, RecycleOption, MemoryOption, GraceOption, BindOption, PriorityOption, DirectoryOption, DebugOption, VariableOption];

    internal required string Transport { get; init; }

    /// <summary>Null for never.</summary>
    internal TimeSpan? Heartbeat { get; init; }

    /// <summary>Null for never.</summary>
    internal TimeSpan? StartTimeout { get; init; }

    internal int MaxRestarts { get; init; }

    /// <summary>Commands; 0 for never.</summary>
    internal long RecycleAfter { get; init; }

    /// <summary>Bytes; 0 for no limit.</summary>
    internal long MaxMemory { get; init; }

    /// <summary>Null for the processor's.</summary>
    internal TimeSpan? Grace { get; init; }

    internal bool BindsToCores { get; init; }

    /// <summary>Null for the master's.</summary>
    internal int? Nice { get; init; }

    /// <summary>Null for the master's.</summary>
    internal string? WorkingDirectory { get; init; }

    internal bool Debug { get; init; }

    internal required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <exception cref="ArgumentException">A value makes no sense; the message names it.</exception>
    internal static ProcessSettings From(FabricSettings settings)
    {
        var debug = settings.Get(DebugOption) == "on";
        var nice = Number(settings, PriorityOption, 0, 19);
        return new ProcessSettings
        {
            Transport = settings.Get(TransportOption),
            Heartbeat = debug ? null : Time(settings, HeartbeatOption),
            StartTimeout = debug ? null : Time(settings, StartTimeoutOption),
            MaxRestarts = Number(settings, MaxRestartsOption, 0, int.MaxValue),
            RecycleAfter = settings.Get(RecycleOption) == "none" ? 0 : Number(settings, RecycleOption, 1, int.MaxValue),
            MaxMemory = Size(settings, MemoryOption),
            Grace = settings.Values.ContainsKey(GraceOption.Key) ? Time(settings, GraceOption) ?? throw Refuse(GraceOption, "none", "a time such as 2s or 500ms") : null,
            BindsToCores = settings.Get(BindOption) == "core",
            Nice = nice == 0 ? null : nice,
            WorkingDirectory = Folder(settings),
            Debug = debug,
            Variables = settings.Values.Where(pair => pair.Key.StartsWith(VariableOption.Key, StringComparison.OrdinalIgnoreCase) && pair.Key.Length > VariableOption.Key.Length)
                .ToDictionary(pair => pair.Key[VariableOption.Key.Length..], pair => pair.Value),
        };
    }

    private static string? Folder(FabricSettings settings)
    {
        if (!settings.Values.TryGetValue(DirectoryOption.Key, out var folder))
        {
            return null;
        }

        return Directory.Exists(folder) ? Path.GetFullPath(folder) : throw Refuse(DirectoryOption, folder, "a folder that exists");
    }

    private static int Number(FabricSettings settings, FabricOption option, int least, int most)
    {
        var text = settings.Get(option);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Refuse(option, text, string.Create(CultureInfo.InvariantCulture, $"a whole number of {least} or more{(most == int.MaxValue ? string.Empty : $", at most {most}")}"));
    }

    private static long Size(FabricSettings settings, FabricOption option)
    {
        var text = settings.Get(option);
        if (text == "none")
        {
            return 0;
        }

        var scale = text.Length < 3 ? 0 : text[^3..] switch { "KiB" => 1L << 10, "MiB" => 1L << 20, "GiB" => 1L << 30, "TiB" => 1L << 40, _ => 0 };
        return scale > 0 && double.TryParse(text[..^3], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * scale is >= 1 and < 1e18
            ? (long)(value * scale)
            : throw Refuse(option, text, "a size such as 2GiB, 512MiB or 65536KiB, or none");
    }

    private static TimeSpan? Time(FabricSettings settings, FabricOption option) => OptionTime.Read(settings, FabricName, option);

    private static ArgumentException Refuse(FabricOption option, string value, string allowed) => OptionTime.Refuse(FabricName, option, value, allowed);
}
