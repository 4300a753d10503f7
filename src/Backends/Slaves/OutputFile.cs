using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Slaves;

/// <summary>The files in memory that a slave's descriptors 1 and 2 are.</summary>
internal static class OutputFile
{
    private const int AppendFlag = 0x400;
    private const int SetStatusFlags = 4;

    /// <summary>An empty one.</summary>
    internal static MemoryFile Create(string name)
    {
        var file = MemoryFile.Create(name, 0);

        // Children of the slave share the file: each of their writes goes to its end, whole.
        return Libc.Control(file.Descriptor, SetStatusFlags, AppendFlag) == 0 ? file : throw NativeException.Last("fcntl(F_SETFL)", name);
    }
}
