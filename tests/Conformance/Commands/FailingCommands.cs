using System;
using System.IO;
using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>Throws.</summary>
public sealed class ThrowCommand(string message) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave) => throw new InvalidOperationException(message);
}

/// <summary>Throws an exception behind an exception behind an exception.</summary>
public sealed class ThrowChainCommand : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        try
        {
            ReadCurve();
            return 0;
        }
        catch (IOException exception)
        {
            throw new InvalidOperationException("the fit failed", exception);
        }
    }

    private static void ReadCurve()
    {
        try
        {
            throw new FormatException("line 3 is no number");
        }
        catch (FormatException exception)
        {
            throw new IOException("the curve cannot be read", exception);
        }
    }
}

/// <summary>Prints on both streams, then throws.</summary>
public sealed class PrintAndThrowCommand(string output, string error, string message) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        Console.Out.Write(output);
        Console.Error.Write(error);
        throw new InvalidOperationException(message);
    }
}

/// <summary>An exception that holds what cannot travel.</summary>
public sealed class HandleException(string message) : Exception(message)
{
    /// <summary>What cannot travel.</summary>
    public Stream Handle { get; } = new MemoryStream();
}

/// <summary>Throws an exception that cannot be serialised.</summary>
public sealed class ThrowUnserialisableCommand(string message) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave) => throw new HandleException(message);
}

/// <summary>Something with a field that cannot travel, below something that can.</summary>
public sealed class Instrument
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "spectrometer";

    /// <summary>What cannot travel.</summary>
    public Stream? Readings { get; set; }
}

/// <summary>Returns something that cannot travel.</summary>
public sealed class ReturnUnserialisableCommand : SlaveCommand<Instrument>
{
    /// <inheritdoc/>
    public override Instrument Run(ISlaveContext slave) => new() { Readings = new MemoryStream() };
}

/// <summary>Sends home a result command that cannot travel.</summary>
public sealed class SendUnserialisableCommand : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave) => slave.ReturnResult(new InstrumentResult(new Instrument { Readings = new MemoryStream() }));
}

/// <summary>A result command with an instrument.</summary>
public sealed class InstrumentResult(Instrument instrument) : ResultCommand
{
    /// <inheritdoc/>
    public override void Run(IMaster master, Memo? memo) => ((NoteMemo)memo!).Notes.Add(instrument.Name);
}

/// <summary>Asks for the processor on a slave, where there is none.</summary>
public sealed class AskForProcessorCommand : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave) => HpcRuntime.Processing.Processor.Current.Rank;
}
