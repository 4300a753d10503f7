namespace HpcRuntime.Wire;

/// <summary>Turns objects into bytes and back. Implementations are safe to use from several threads; a writer or reader is used by one at a time.</summary>
public interface IWireSerializer
{
    /// <summary>Writes <paramref name="value"/> with everything it refers to. References shared within one call stay shared.</summary>
    /// <exception cref="WireTypeException">Something in it cannot travel; the writer is left as it was before the call.</exception>
    void Write(WireWriter writer, object? value);

    /// <summary>Reads what one call of <see cref="Write"/> wrote.</summary>
    /// <exception cref="WireFormatException">The bytes do not decode.</exception>
    object? Read(WireReader reader);
}
