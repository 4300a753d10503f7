using System;
using System.Globalization;
using HpcRuntime.Backends.Mpi.Interop.MpiNet;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>Begins MPI in this process, or joins it where the application has begun it.</summary>
/// <param name="Library">The library.</param>
/// <param name="IsOurs">Whether we began it, and so are to end it.</param>
/// <param name="Threading">What was granted.</param>
internal sealed record MpiStart(MpiLibrary Library, bool IsOurs, Threading Threading)
{
    /// <summary>Begins MPI.</summary>
    /// <param name="library">The library.</param>
    /// <param name="environment">Gives a variable's value.</param>
    /// <param name="wanted">The thread level that is asked for.</param>
    /// <param name="net">The MPI.NET that begins it, so that it knows; null: our own binding does.</param>
    /// <exception cref="FabricUnavailableException">The library does not belong to the launcher, or MPI has ended in this process.</exception>
    internal static MpiStart Begin(MpiLibrary library, Func<string, string?> environment, Threading wanted, MpiNetBinding? net = null)
    {
        var launcher = MpiLauncher.Detect(environment);
        if (launcher?.Family is { } family && library.Abi.Family != MpiFamily.StandardAbi && library.Abi.Family != family)
        {
            throw Mismatch(library, launcher, null);
        }

        MpiException.Check(MpiNative.MPI_Finalized(out var finalized), "MPI_Finalized");
        if (finalized != 0)
        {
            throw new FabricUnavailableException("mpi", "MPI was ended in this process already, and it cannot begin twice.");
        }

        MpiException.Check(MpiNative.MPI_Initialized(out var initialized), "MPI_Initialized");
        int granted;
        if (initialized != 0)
        {
            MpiException.Check(MpiNative.MPI_Query_thread(out granted), "MPI_Query_thread");
        }
        else if (net is not null)
        {
            net.Begin(library, wanted);
            library.HandlersBefore.Restore();
            MpiException.Check(MpiNative.MPI_Query_thread(out granted), "MPI_Query_thread");
        }
        else
        {
            MpiException.Check(MpiNative.MPI_Init_thread(0, 0, library.Abi.ThreadLevels[(int)wanted], out granted), "MPI_Init_thread");
            library.HandlersBefore.Restore();
        }

        // An error is to come back as a code. Where the application began MPI, its own communicators are left alone.
        if (initialized == 0)
        {
            MpiException.Check(MpiNative.MPI_Comm_set_errhandler(library.Abi.CommWorld, library.Abi.ErrorsReturn), "MPI_Comm_set_errhandler");
        }

        MpiException.Check(MpiNative.MPI_Comm_size(library.Abi.CommWorld, out var size), "MPI_Comm_size");
        if (launcher is not null && launcher.Size != size && initialized == 0)
        {
            throw Mismatch(library, launcher, size);
        }

        return new MpiStart(library, initialized == 0, library.Abi.LevelOf(granted));
    }

    private static FabricUnavailableException Mismatch(MpiLibrary library, MpiLauncher launcher, int? size)
    {
        var sees = size is null ? "does not belong to it" : string.Create(CultureInfo.InvariantCulture, $"sees {size}");
        var fix = launcher.Family switch
        {
            MpiFamily.OpenMpi => $"use {MpiLibraryChoice.Variable}=openmpi, or start it with mpiexec.mpich",
            MpiFamily.Mpich => $"use {MpiLibraryChoice.Variable}=mpich, or start it with mpiexec.openmpi",
            _ => $"choose the library that {launcher.Name} serves with {MpiLibraryChoice.Variable} (mpich, openmpi or a file), or another --mpi= of srun",
        };
        return new FabricUnavailableException("mpi", string.Create(CultureInfo.InvariantCulture,
            $"started by {launcher.Name} with {launcher.Size} rank{(launcher.Size == 1 ? string.Empty : "s")}, but the library that was loaded, {library.Version} ({library.Path}), {sees}; {fix}."));
    }
}
