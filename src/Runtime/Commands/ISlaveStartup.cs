using Serilog;

namespace HpcRuntime.Commands;

/// <summary>Runs once on every slave before its first command, replacements included: culture, native libraries, licences. It travels like a command.</summary>
public interface ISlaveStartup
{
    /// <summary>Prepares the slave. A failure here is the failure of the slave's first command.</summary>
    void Start(ISlaveEnvironment slave);
}

/// <summary>What a start-up sees of its slave.</summary>
public interface ISlaveEnvironment
{
    /// <summary>This slave's rank.</summary>
    int Rank { get; }

    /// <summary>Ranks in all, the master included.</summary>
    int Size { get; }

    /// <summary>Host, process and, where slaves are threads, thread.</summary>
    string Name { get; }

    /// <summary>Diagnostics.</summary>
    ILogger Log { get; }
}
