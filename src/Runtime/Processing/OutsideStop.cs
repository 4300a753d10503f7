using HpcRuntime.Output;

namespace HpcRuntime.Processing;

/// <summary>A stop that reaches a slave past its communicator.</summary>
internal sealed record OutsideStop(CancelScope Scope, long Number, StopReason Reason);

/// <summary>Takes what command <paramref name="id"/> has printed; 0 for the slave's own. Called under the slave's gate.</summary>
internal delegate void InLineOutput(int rank, long id, ICommandOutput output);
