namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>The two small shell scripts around what mpiexec starts. POSIX sh: it is on every host, starts in a millisecond, and needs nothing to be installed there.</summary>
internal static class Scripts
{
    /// <summary>Runs a rank's program and leaves word of its end. Its arguments are the program and its arguments; it travels as an argument of mpiexec, so no host needs a file of it.</summary>
    /// <remarks>hydra ends the whole job when a process that it started dies by a signal, and shows a banner when one ends with anything but 0: so the wrapper, which is what it started, always ends with 0,
    /// and the exit code travels through the record; from a host that does not share its folder as a line of standard error, which <see cref="MpiexecErrors"/> takes out (<see cref="RunFolder.Tell"/> does the same).
    /// hydra also sends SIGUSR1 to the survivors of a loss, whose default is to die, and both launchers signal the whole process group: so that signal is ignored, by the program too unless it asks for it,
    /// and the wrapper outlives the others to leave word; there the program decides for itself.</remarks>
    internal const string Wrapper = """
        trap '' USR1 USR2
        trap : INT TERM
        rank=${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-${PMIX_RANK:-${SLURM_PROCID:-unknown}}}}
        run=$HPCRUNTIME_MPI_RUN
        tell='tell() {
          { [ -d "$run" ] && echo "$2" >"$run/$1.new" && mv "$run/$1.new" "$run/$1"; } 2>/dev/null || printf "\036%s %s %s\n" "$run" "$1" "$2" >&2
        }
        '
        eval "$tell"
        if [ "$rank" = 0 ]; then
          [ -n "$HPCRUNTIME_MPI_INPUT" ] || exec </dev/null
          /bin/sh -c "$tell"'run=$0; tell master "$$ $(uname -n)"; exec "$@"' "$run" "$@"
        else
          "$@" </dev/null
        fi
        code=$?
        tell ended.$rank $code
        [ "$rank" = 0 ] || exit 0
        [ -e "$run/result" ] || tell result $code
        case $HPCRUNTIME_MPI_LAUNCHER in *@$(uname -n)) kill -0 ${HPCRUNTIME_MPI_LAUNCHER%@*} 2>/dev/null || rm -rf "$run" ;; esac
        exit 0
        """;

    /// <summary>Comes before <see cref="Wrapper"/> where the program's words travel as few long ones, each a list of words quoted for the shell.</summary>
    internal const string Unpack = """
        words=
        for part do words="$words $part"; done
        eval "set -- $words"

        """;

    /// <summary>Reaches another host for mpiexec, and leaves word of how that ended. <c>@RUN@</c>, <c>@AGENT@</c> and <c>@LAUNCHER@</c> stand for the record's folder, the agent, both quoted, and the launcher's process.</summary>
    internal const string Agent = """
        #!/bin/sh
        host=
        for word in "$@"; do
          case $word in -*) ;; *) host=$word; break ;; esac
        done
        trap : INT TERM HUP
        @AGENT@ "$@"
        code=$?
        [ -d @RUN@ ] && { echo $code >@RUN@/daemon."$host".new && mv @RUN@/daemon."$host".new @RUN@/daemon."$host"; } 2>/dev/null
        kill -0 @LAUNCHER@ 2>/dev/null || rm -rf @RUN@
        exit $code

        """;
}
