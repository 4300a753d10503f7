using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>The MPI library of this process: found, loaded and identified once. From any thread.</summary>
internal sealed unsafe class MpiLibrary
{
    private static readonly Lock Gate = new();
    private static MpiLibrary? _loaded;

    private MpiLibrary(nint handle, string path, MpiAbi abi, SignalHandlers handlers)
    {
        Handle = handle;
        Path = path;
        Abi = abi;
        HandlersBefore = handlers;
    }

    /// <summary>The library of this process; null while none is loaded.</summary>
    internal static MpiLibrary? Loaded => Volatile.Read(ref _loaded);

    internal nint Handle { get; }

    /// <summary>The file, or the name under which the system's loader found it.</summary>
    internal string Path { get; }

    internal MpiAbi Abi { get; }

    /// <summary>The signal handlers as they were before it was loaded.</summary>
    internal SignalHandlers HandlersBefore { get; }

    /// <summary>What the library calls itself, on one line.</summary>
    internal string Version { get; private set; } = string.Empty;

    /// <summary>Loads what <see cref="MpiLibraryChoice"/> says for this process, unless a library is loaded already.</summary>
    /// <param name="asked">A family, file or folder, from an option; null to look at <see cref="MpiLibraryChoice.Variable"/>.</param>
    /// <param name="environment">Gives a variable's value.</param>
    /// <exception cref="FabricUnavailableException">There is none; the message says what to install.</exception>
    internal static MpiLibrary Load(string? asked, Func<string, string?> environment)
    {
        lock (Gate)
        {
            if (_loaded is { } loaded)
            {
                return loaded;
            }

            var (wish, origin) = asked is not null ? (asked, "--set mpi.library") : (environment(MpiLibraryChoice.Variable), MpiLibraryChoice.Variable);
            var launcher = MpiLauncher.Detect(environment);
            return _loaded = Load(MpiLibraryChoice.From(wish, origin, launcher, InThisProcess()), launcher);
        }
    }

    /// <summary>The library of this process.</summary>
    /// <exception cref="InvalidOperationException">None is loaded.</exception>
    internal static MpiLibrary Require() => Loaded ?? throw new InvalidOperationException("No MPI library is loaded: open the mpi fabric, or make an MpiEnvironment, first.");

    /// <summary>The MPI library that is mapped into this process already, by somebody else; null for none.</summary>
    internal static string? InThisProcess()
    {
        const string Maps = "/proc/self/maps";
        if (!File.Exists(Maps))
        {
            return null;
        }

        return File.ReadLines(Maps)
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : string.Empty)
            .FirstOrDefault(path => IsMpi(System.IO.Path.GetFileName(path)));
    }

    private static bool IsMpi(string file) =>
        file.StartsWith("libmpich.so", StringComparison.Ordinal) || file.StartsWith("libmpi.so", StringComparison.Ordinal) || file.StartsWith("libmpi_abi.so", StringComparison.Ordinal);

    private static MpiLibrary Load(MpiLibraryChoice choice, MpiLauncher? launcher)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new FabricUnavailableException("mpi", $"it needs Linux; this is {RuntimeInformation.OSDescription}.");
        }

        // Where a library takes the runtime's signals all the same, the handlers are put back.
        var handlers = SignalHandlers.Now();
        foreach (var (name, value) in UcxSettings.Needed)
        {
            NativeEnvironment.SetDefault(name, value);
        }

        var tried = new List<string>();
        foreach (var candidate in choice.Candidates)
        {
            if (!NativeLibrary.TryLoad(candidate, out var handle))
            {
                tried.Add(candidate);
                continue;
            }

            handlers.Restore();
            var abi = Identify(handle, candidate);
            if (choice.Family is { } family && abi.Family != family)
            {
                throw new FabricUnavailableException("mpi", $"{choice.Reason}: {candidate} turned out to be {MpiFamilies.NameOf(abi.Family)}; name the file of the other one with {MpiLibraryChoice.Variable}.");
            }

            var library = new MpiLibrary(handle, candidate, abi, handlers);
            Volatile.Write(ref _loaded, library); // The calls below go to it.
            library.Version = ReadVersion();
            return library;
        }

        throw new FabricUnavailableException("mpi", NotFound(choice, launcher, tried));
    }

    private static string NotFound(MpiLibraryChoice choice, MpiLauncher? launcher, List<string> tried)
    {
        var wanted = choice.Family ?? launcher?.Family;
        var packages = wanted is { } family ? MpiFamilies.PackagesOf(family) : $"{MpiFamilies.PackagesOf(MpiFamily.Mpich)}, or {MpiFamilies.PackagesOf(MpiFamily.OpenMpi)}";
        return $"no MPI library can be loaded ({choice.Reason}; tried {string.Join(", ", tried)}). Install one (Debian packages {packages}), or name its file with {MpiLibraryChoice.Variable}.";
    }

    private static MpiAbi Identify(nint handle, string candidate)
    {
        if (NativeLibrary.TryGetExport(handle, "ompi_mpi_comm_world", out _))
        {
            return MpiAbi.OpenMpi(handle);
        }

        if (!NativeLibrary.TryGetExport(handle, "MPI_Init_thread", out _))
        {
            throw new FabricUnavailableException("mpi", $"{candidate} is no MPI library: it has no MPI_Init_thread; name one (libmpich.so, libmpi.so) with {MpiLibraryChoice.Variable}, or leave that out.");
        }

        // Where MPICH brings both, the one with the standard's values is a library of its own, and only that one says so.
        var standard = NativeLibrary.TryGetExport(handle, "MPI_Abi_get_version", out var function);
        if (standard)
        {
            int major, minor;
            standard = ((delegate* unmanaged<int*, int*, int>)function)(&major, &minor) == 0 && major > 0;
        }

        return standard ? MpiAbi.Standard : MpiAbi.Mpich;
    }

    private static string ReadVersion()
    {
        var room = new byte[8192 + 1];
        fixed (byte* text = room)
        {
            return MpiNative.MPI_Get_library_version(text, out var length) == 0 ? OneLine(Encoding.UTF8.GetString(text, Math.Clamp(length, 0, 8192))) : "an MPI library that does not say its version";
        }
    }

    /// <summary>"Open MPI v4.1.4, package: ..." to "Open MPI v4.1.4"; MPICH's table to "MPICH 4.0.2".</summary>
    private static string OneLine(string version)
    {
        var lines = version.Split(['\n', '\0'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            return "an MPI library that does not say its version";
        }

        var first = lines[0].Replace("Version:", " ", StringComparison.Ordinal).Split(',')[0];
        return string.Join(' ', first.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
    }
}
