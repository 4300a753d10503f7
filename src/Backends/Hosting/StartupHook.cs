using HpcRuntime.Hosting;

/// <summary>What the runtime calls before the application's Main where DOTNET_STARTUP_HOOKS names this assembly: in slave processes. Name, place and signature are the runtime's to say.</summary>
#pragma warning disable CA1050 // The runtime looks for the type outside any namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    /// <summary>Runs the slave and ends the process, when this process was started as one.</summary>
    internal static void Initialize() => SlaveHost.RunIfSlave();
}
