namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>The variables by which a launched rank knows its run.</summary>
internal static class LaunchVariables
{
    /// <summary>The folder of the run's record. Set: our launcher started this rank, with the options that let a job survive the loss of one.</summary>
    internal const string Folder = "HPCRUNTIME_MPI_RUN";

    /// <summary>Set: rank 0 keeps the standard input that mpiexec gives it.</summary>
    internal const string Input = "HPCRUNTIME_MPI_INPUT";

    /// <summary>The launcher's process, as PID@HOST.</summary>
    internal const string Launcher = "HPCRUNTIME_MPI_LAUNCHER";
}
