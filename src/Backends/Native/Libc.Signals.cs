using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Native;

/// <summary>The calls for signal handlers and for the native environment.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "sigaction", SetLastError = true)]
    internal static partial int SignalAction(int signal, byte* action, byte* former);

    [LibraryImport(Library, EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport(Library, EntryPoint = "unsetenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RemoveVariable(string name);
}
