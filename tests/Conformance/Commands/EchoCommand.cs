using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>Brings its argument home.</summary>
public sealed class EchoCommand(int value) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave) => value;
}

/// <summary>Brings its argument home, whatever it is.</summary>
public sealed class EchoCommand<T>(T value) : SlaveCommand<T>
{
    /// <inheritdoc/>
    public override T Run(ISlaveContext slave) => value;
}

/// <summary>Brings home what a public field held when it was queued.</summary>
public sealed class NotedCommand : SlaveCommand<string>
{
    /// <summary>The text to bring home.</summary>
    public string Note { get; set; } = string.Empty;

    /// <summary>Numbers to bring home behind it.</summary>
    public int[] Numbers { get; set; } = [];

    /// <inheritdoc/>
    public override string Run(ISlaveContext slave) => $"{Note}:{string.Join(',', Numbers)}";
}

/// <summary>Does nothing and brings nothing home.</summary>
public sealed class SilentCommand : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave)
    {
    }
}

/// <summary>Calls <paramref name="function"/> on the slave.</summary>
public sealed class CallCommand<T>(System.Func<T> function) : SlaveCommand<T>
{
    /// <inheritdoc/>
    public override T Run(ISlaveContext slave) => function();
}
