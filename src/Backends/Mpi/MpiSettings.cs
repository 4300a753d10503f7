using System;
using System.Collections.Generic;
using System.Globalization;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Interop.MpiNet;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Backends.Mpi.Transport;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi;

/// <summary>The options of the mpi fabric, read and checked.</summary>
internal static class MpiSettings
{
    private const string FabricName = "mpi";

    private static readonly FabricOption LibraryOption = new("library", "the MPI library: mpich, openmpi, abi, a library file, or the folder of an installation", "HPCRUNTIME_MPI, else the launcher's, else what is installed");
    private static readonly FabricOption CommunicatorOption = new("communicator", "handle of the application's communicator whose ranks are used, where it began MPI itself", "MPI_COMM_WORLD");
    private static readonly FabricOption ThreadsOption = new("threads", "the thread level asked for; multiple: the application calls MPI whenever it likes", "serialized", ["serialized", "multiple"]);
    private static readonly FabricOption HeartbeatOption = new("heartbeat", "a rank that shows no life for this long is lost (10s, 500ms); none: never", "10s");

    private static readonly FabricOption TransportOption = new("transport", "what carries short messages between the master and the ranks of its host: rings in memory that they share, or the MPI library, which carries all others in any case, and these too with mpi.binding=mpinet", "rings", ["rings", "mpi"]);

    internal static IReadOnlyList<FabricOption> Options { get; } = [LibraryOption, CommunicatorOption, ThreadsOption, HeartbeatOption, TransportOption, .. MpiNetChoice.Options, .. LaunchOptions.All];

    /// <exception cref="ArgumentException">A value makes no sense; the message names it.</exception>
    internal static MpiWorldSettings From(FabricSettings settings)
    {
        var net = MpiNetChoice.From(settings.Values, Environment.GetEnvironmentVariable);
        return new(
            Environment.GetEnvironmentVariable,
            settings.Values.GetValueOrDefault(LibraryOption.Key),
            Handle(settings),
            settings.Get(ThreadsOption) == "multiple" ? Threading.Multiple : Threading.Serialized,
            Time(settings, HeartbeatOption),
            net,
            settings.Get(TransportOption) == "rings" && net is null); // Whoever asks for MPI.NET wants it to carry the messages.
    }

    private static nint? Handle(FabricSettings settings)
    {
        if (!settings.Values.TryGetValue(CommunicatorOption.Key, out var text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? (nint)value : throw Refuse(CommunicatorOption, text, "a handle as a number");
    }

    private static TimeSpan? Time(FabricSettings settings, FabricOption option) => OptionTime.Read(settings, FabricName, option);

    private static ArgumentException Refuse(FabricOption option, string value, string allowed) => OptionTime.Refuse(FabricName, option, value, allowed);
}
