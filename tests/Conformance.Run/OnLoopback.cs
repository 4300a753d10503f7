namespace HpcRuntime.Conformance.Run;

// The fabric of docs/writing-a-fabric.md, found by name on the backend path.
public sealed class DispatchOnLoopback() : DispatchFixture(Fabrics.Loopback);

public sealed class ResultOnLoopback() : ResultFixture(Fabrics.Loopback);

public sealed class OutcomeOnLoopback() : OutcomeFixture(Fabrics.Loopback);

public sealed class ErrorPolicyOnLoopback() : ErrorPolicyFixture(Fabrics.Loopback);

public sealed class LossOnLoopback() : LossFixture(Fabrics.Loopback);

public sealed class TimeOnLoopback() : TimeFixture(Fabrics.Loopback);

public sealed class OutputOnLoopback() : OutputFixture(Fabrics.Loopback);

public sealed class IsolationOnLoopback() : IsolationFixture(Fabrics.Loopback);

public sealed class DataOnLoopback() : DataFixture(Fabrics.Loopback);

public sealed class RandomOnLoopback() : RandomFixture(Fabrics.Loopback);

public sealed class EndingOnLoopback() : EndingFixture(Fabrics.Loopback);

public sealed class StartupOnLoopback() : StartupFixture(Fabrics.Loopback);

public sealed class ProgressOnLoopback() : ProgressFixture(Fabrics.Loopback);

public sealed class ResizeOnLoopback() : ResizeFixture(Fabrics.Loopback);

public sealed class WireTravelOnLoopback() : WireTravelFixture(Fabrics.Loopback);

public sealed class PriorityAndLazyInputOnLoopback() : PriorityAndLazyInputFixture(Fabrics.Loopback);

public sealed class FaultMatrixOnLoopback() : FaultMatrixFixture(Fabrics.Loopback);

public sealed class RankOnLoopback() : RankFixture(Fabrics.Loopback);

public sealed class ExternalCommandOnLoopback() : ExternalCommandFixture(Fabrics.Loopback);

public sealed class FunctionOnLoopback() : FunctionFixture(Fabrics.Loopback);

public sealed class FutureOnLoopback() : FutureFixture(Fabrics.Loopback);

public sealed class DependencyOnLoopback() : DependencyFixture(Fabrics.Loopback);

public sealed class MapOnLoopback() : MapFixture(Fabrics.Loopback);

public sealed class LazyMapOnLoopback() : LazyMapFixture(Fabrics.Loopback);

public sealed class ReductionOnLoopback() : ReductionFixture(Fabrics.Loopback);

public sealed class SectionOnLoopback() : SectionFixture(Fabrics.Loopback);

public sealed class ConversationOnLoopback() : ConversationFixture(Fabrics.Loopback);

public sealed class ObservationOnLoopback() : ObservationFixture(Fabrics.Loopback);
