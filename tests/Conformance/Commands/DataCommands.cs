using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>Brings home the data called <paramref name="name"/>.</summary>
public sealed class GetDataCommand<T>(string name) : SlaveCommand<T>
{
    /// <inheritdoc/>
    public override T Run(ISlaveContext slave) => slave.Data.Get<T>(name);
}

/// <summary>Tells whether the data called <paramref name="name"/> is there.</summary>
public sealed class HasDataCommand<T>(string name) : SlaveCommand<bool>
{
    /// <inheritdoc/>
    public override bool Run(ISlaveContext slave) => slave.Data.TryGet<T>(name, out _);
}

/// <summary>The first numbers of the command's random stream.</summary>
public sealed class RandomCommand(int count) : SlaveCommand<ulong[]>
{
    /// <inheritdoc/>
    public override ulong[] Run(ISlaveContext slave)
    {
        var numbers = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = slave.Random.NextUInt64();
        }

        return numbers;
    }
}
