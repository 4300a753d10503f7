using NUnit.Framework;

[assembly: NonParallelizable] // There is one world; and NUnit looks only into assemblies that use it themselves.

namespace HpcRuntime.Conformance.Mpi;

// `mpi`: slaves are ranks. What ends slaves (the category EndsSlaves) needs a world that survives that: the one that Program starts when told so.
public sealed class DispatchOnMpi() : DispatchFixture(Fabrics.Mpi);

public sealed class ResultOnMpi() : ResultFixture(Fabrics.Mpi);

public sealed class OutcomeOnMpi() : OutcomeFixture(Fabrics.Mpi);

public sealed class ErrorPolicyOnMpi() : ErrorPolicyFixture(Fabrics.Mpi);

public sealed class TimeOnMpi() : TimeFixture(Fabrics.Mpi);

public sealed class OutputOnMpi() : OutputFixture(Fabrics.Mpi);

public sealed class IsolationOnMpi() : IsolationFixture(Fabrics.Mpi);

public sealed class DataOnMpi() : DataFixture(Fabrics.Mpi);

public sealed class RandomOnMpi() : RandomFixture(Fabrics.Mpi);

public sealed class EndingOnMpi() : EndingFixture(Fabrics.Mpi);

public sealed class StartupOnMpi() : StartupFixture(Fabrics.Mpi);

public sealed class ProgressOnMpi() : ProgressFixture(Fabrics.Mpi);

public sealed class ResizeOnMpi() : ResizeFixture(Fabrics.Mpi);

public sealed class WireTravelOnMpi() : WireTravelFixture(Fabrics.Mpi);

public sealed class PriorityAndLazyInputOnMpi() : PriorityAndLazyInputFixture(Fabrics.Mpi);

public sealed class FaultMatrixOnMpi() : FaultMatrixFixture(Fabrics.Mpi);

public sealed class RankOnMpi() : RankFixture(Fabrics.Mpi);

public sealed class LossOnMpi() : LossFixture(Fabrics.Mpi);

public sealed class ExternalCommandOnMpi() : ExternalCommandFixture(Fabrics.Mpi);

public sealed class FunctionOnMpi() : FunctionFixture(Fabrics.Mpi);

public sealed class FutureOnMpi() : FutureFixture(Fabrics.Mpi);

public sealed class DependencyOnMpi() : DependencyFixture(Fabrics.Mpi);

public sealed class MapOnMpi() : MapFixture(Fabrics.Mpi);

public sealed class LazyMapOnMpi() : LazyMapFixture(Fabrics.Mpi);

public sealed class ReductionOnMpi() : ReductionFixture(Fabrics.Mpi);

public sealed class SectionOnMpi() : SectionFixture(Fabrics.Mpi);

public sealed class ConversationOnMpi() : ConversationFixture(Fabrics.Mpi);

public sealed class ObservationOnMpi() : ObservationFixture(Fabrics.Mpi);
