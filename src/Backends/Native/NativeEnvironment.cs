namespace HpcRuntime.Backends.Native;

/// <summary>The environment that native code sees; .NET's own is a copy made at the start.</summary>
internal static class NativeEnvironment
{
    /// <summary>Sets a variable, or removes it where <paramref name="value"/> is null, for native code and for .NET.</summary>
    internal static void Set(string name, string? value)
    {
        System.Environment.SetEnvironmentVariable(name, value);
        if ((value is null ? Libc.RemoveVariable(name) : Libc.SetVariable(name, value, overwrite: 1)) != 0)
        {
            throw NativeException.Last(value is null ? "unsetenv" : "setenv", name);
        }
    }

    /// <summary>Sets a variable for native code, unless it is set already.</summary>
    internal static void SetDefault(string name, string value)
    {
        if (Libc.SetVariable(name, value, overwrite: 0) != 0)
        {
            throw NativeException.Last("setenv", name);
        }
    }
}
