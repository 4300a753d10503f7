using System;
using HpcRuntime.Wire.Codecs;

namespace HpcRuntime.Wire;

/// <summary>The serialiser of plain objects: fields, private and inherited ones too, by codecs that are compiled once per type and process.
/// No constructor runs on the receiving side, and fields marked <see cref="NonSerializedAttribute"/> are left out and arrive with their default. Thread-safe.</summary>
public sealed class WireSerializer : IWireSerializer
{
    private WireSerializer()
    {
    }

    /// <summary>The one instance.</summary>
    public static WireSerializer Default { get; } = new();

    /// <inheritdoc/>
    public void Write(WireWriter writer, object? value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is null)
        {
            writer.WriteByte(Tags.Null);
            return;
        }

        var position = writer.Position;
        var blocks = writer.BlockCount;
        try
        {
            writer.WriteRoot(value);
        }
        catch (WireTypeException exception)
        {
            writer.RollBack(position, blocks);
            throw exception.Path is null ? PathFinder.Describe(value, exception) : exception;
        }
        catch
        {
            writer.RollBack(position, blocks);
            throw;
        }
    }

    /// <inheritdoc/>
    public object? Read(WireReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        try
        {
            return reader.ReadRoot();
        }
        catch (WireFormatException)
        {
            reader.Forget();
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Corrupt bytes surface in many ways: as a refusal by a collection, a comparer, a hash function of the application. All mean that the message does not decode.
            reader.Forget();
            throw new WireFormatException($"A message from {reader.Types.Peer} does not decode: {exception.Message}", exception);
        }
    }
}
