using HpcRuntime.Commands;

namespace HpcRuntime.Launcher;

/// <summary>Asks a slave where it runs.</summary>
internal sealed class HelloCommand : SlaveCommand<HelloReport>
{
    /// <inheritdoc/>
    public override HelloReport Run(ISlaveContext slave) => HelloReport.OfThisThread();
}
