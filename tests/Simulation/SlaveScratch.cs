using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.Simulation;

/// <summary>What all simulated slaves share because one answers at a time. Their messages hold no type that would have to be defined.</summary>
internal sealed class SlaveScratch
{
    internal SlaveScratch()
    {
        Message = new WireWriter(Types);
        Value = new WireWriter(Types);
    }

    internal WireTypePolicy Policy { get; } = WireTypePolicy.ForApplication();

    internal SentTypes Types { get; } = new();

    internal WireWriter Value { get; }

    private WireWriter Message { get; }

    /// <summary>A message that begins with <paramref name="verb"/> and defines no type.</summary>
    internal WireWriter Begin(SlaveVerb verb)
    {
        Message.Clear();
        Message.WriteByte((byte)verb);
        Types.WriteDefinitionsSince(Message, 0);
        return Message;
    }
}
