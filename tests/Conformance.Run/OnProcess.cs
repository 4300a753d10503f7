namespace HpcRuntime.Conformance.Run;

// `process`: slaves are processes, which talk through shared memory.
public sealed class DispatchOnProcess() : DispatchFixture(Fabrics.Process);

public sealed class ResultOnProcess() : ResultFixture(Fabrics.Process);

public sealed class OutcomeOnProcess() : OutcomeFixture(Fabrics.Process);

public sealed class ErrorPolicyOnProcess() : ErrorPolicyFixture(Fabrics.Process);

public sealed class LossOnProcess() : LossFixture(Fabrics.Process);

public sealed class TimeOnProcess() : TimeFixture(Fabrics.Process);

public sealed class OutputOnProcess() : OutputFixture(Fabrics.Process);

public sealed class IsolationOnProcess() : IsolationFixture(Fabrics.Process);

public sealed class DataOnProcess() : DataFixture(Fabrics.Process);

public sealed class RandomOnProcess() : RandomFixture(Fabrics.Process);

public sealed class EndingOnProcess() : EndingFixture(Fabrics.Process);

public sealed class StartupOnProcess() : StartupFixture(Fabrics.Process);

public sealed class ProgressOnProcess() : ProgressFixture(Fabrics.Process);

public sealed class ResizeOnProcess() : ResizeFixture(Fabrics.Process);

public sealed class WireTravelOnProcess() : WireTravelFixture(Fabrics.Process);

public sealed class PriorityAndLazyInputOnProcess() : PriorityAndLazyInputFixture(Fabrics.Process);

public sealed class FaultMatrixOnProcess() : FaultMatrixFixture(Fabrics.Process);

public sealed class RankOnProcess() : RankFixture(Fabrics.Process);

public sealed class ExternalCommandOnProcess() : ExternalCommandFixture(Fabrics.Process);

public sealed class FunctionOnProcess() : FunctionFixture(Fabrics.Process);

public sealed class FutureOnProcess() : FutureFixture(Fabrics.Process);

public sealed class DependencyOnProcess() : DependencyFixture(Fabrics.Process);

public sealed class MapOnProcess() : MapFixture(Fabrics.Process);

public sealed class LazyMapOnProcess() : LazyMapFixture(Fabrics.Process);

public sealed class ReductionOnProcess() : ReductionFixture(Fabrics.Process);

public sealed class SectionOnProcess() : SectionFixture(Fabrics.Process);

public sealed class ConversationOnProcess() : ConversationFixture(Fabrics.Process);

public sealed class ObservationOnProcess() : ObservationFixture(Fabrics.Process);
