using System;
using System.Globalization;
using System.IO;
using System.Text;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi;

/// <summary>A rank's connection with hydra's daemon on its host, which the library uses too: lines of text, version 1 of PMI as MPICH's "simple" client speaks it.</summary>
internal static unsafe class PmiConnection
{
    /// <summary>Its descriptor. hydra sets it, and so does Slurm's pmi2, which answers in the version that the library began with.</summary>
    private const string Variable = "PMI_FD";

    /// <summary>Milliseconds: a daemon answers at once. One that speaks another version may not answer at all.</summary>
    private const int Patience = 5000;

    private const short Readable = 1;

    /// <summary>Whether hydra started this very process: what a rank starts has inherited the connection, and may not speak for it.</summary>
    internal static bool IsOwn
    {
        get
        {
            try
            {
                return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{OwnProcess.ParentId}/comm")).TrimEnd() == "hydra_pmi_proxy";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false; // It has just ended, or the system has no /proc.
            }
        }
    }

    /// <summary>Whether this rank has one.</summary>
    internal static bool IsThere(Func<string, string?> environment) => Descriptor(environment) is not null;

    /// <summary>Says that this rank ends in order, as MPI_Finalize does in the end, and waits for the answer: then hydra takes its exit for what it is. The library is not to be used afterwards.</summary>
    internal static void Finish(Func<string, string?> environment)
    {
        if (Descriptor(environment) is not { } descriptor || !TryWrite(descriptor, "cmd=finalize\n"u8))
        {
            return;
        }

        byte letter;
        var answer = new Libc.PollEntry { Descriptor = descriptor, Events = Readable };
        while (Libc.Poll(&answer, 1, Patience) > 0 && Libc.Read(descriptor, &letter, 1) == 1 && letter != '\n')
        {
        }
    }

    /// <summary>Has hydra end the whole job with an exit code, this rank and those that wait in MPI_Init for it. By itself hydra takes a rank that ends before MPI has started for one that never wanted to.
    /// Returns where there is no such connection, and before the job has ended.</summary>
    internal static void Abort(Func<string, string?> environment, int code)
    {
        if (Descriptor(environment) is { } descriptor)
        {
            TryWrite(descriptor, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cmd=abort exitcode={code}\n")));
        }
    }

    /// <summary>False when the daemon is gone, and the job with it.</summary>
    private static bool TryWrite(int descriptor, ReadOnlySpan<byte> line)
    {
        fixed (byte* bytes = line)
        {
            return Libc.Write(descriptor, bytes, (nuint)line.Length) == line.Length;
        }
    }

    private static int? Descriptor(Func<string, string?> environment)
        => int.TryParse(environment(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) && Descriptors.IsOpen(descriptor) ? descriptor : null;
}
