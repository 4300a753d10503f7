using System;
using System.Globalization;
using System.IO;
using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>Leaves a file named after its slave, its own name and the order in which it came.</summary>
public sealed class TraceStartup(string folder, string name) : ISlaveStartup
{
    /// <inheritdoc/>
    public void Start(ISlaveEnvironment slave)
    {
        ArgumentNullException.ThrowIfNull(slave);
        var before = Directory.GetFiles(folder, $"startup-{slave.Rank}-*").Length;
        File.WriteAllText(Path.Combine(folder, $"startup-{slave.Rank}-{before}-{name}"), $"{slave.Size}");
    }
}

/// <summary>Gives its slave a culture with a negative sign of its own.</summary>
public sealed class CultureStartup(string negativeSign) : ISlaveStartup
{
    /// <inheritdoc/>
    public void Start(ISlaveEnvironment slave) => CultureInfo.CurrentCulture = new CultureInfo(string.Empty) { NumberFormat = { NegativeSign = negativeSign } };
}

/// <summary>Writes a number as its slave's culture does.</summary>
public sealed class FormatCommand(int number) : SlaveCommand<string>
{
    /// <inheritdoc/>
    public override string Run(ISlaveContext slave) => number.ToString(CultureInfo.CurrentCulture);
}

/// <summary>Throws.</summary>
public sealed class ThrowingStartup(string message) : ISlaveStartup
{
    /// <inheritdoc/>
    public void Start(ISlaveEnvironment slave) => throw new InvalidOperationException(message);
}

/// <summary>Tells how many start-ups its rank had seen when it ran.</summary>
public sealed class CountStartupsCommand(string folder) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave) => Directory.GetFiles(folder, $"startup-{slave.Rank}-*").Length;
}

/// <summary>Counts in its own field, which the master never sees.</summary>
public sealed class CountingStartup : ISlaveStartup
{
    /// <summary>How often this object was started.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public void Start(ISlaveEnvironment slave) => Count++;
}

/// <summary>A start-up that cannot travel.</summary>
public sealed class StreamStartup(Stream handle) : ISlaveStartup
{
    /// <inheritdoc/>
    public void Start(ISlaveEnvironment slave) => handle.Flush();
}
