namespace HpcRuntime.Conformance.Run;

// `process` with its other transport.
public sealed class DispatchOnProcessOverSockets() : DispatchFixture(Fabrics.ProcessOverSockets);

public sealed class ResultOnProcessOverSockets() : ResultFixture(Fabrics.ProcessOverSockets);

public sealed class OutcomeOnProcessOverSockets() : OutcomeFixture(Fabrics.ProcessOverSockets);

public sealed class ErrorPolicyOnProcessOverSockets() : ErrorPolicyFixture(Fabrics.ProcessOverSockets);

public sealed class LossOnProcessOverSockets() : LossFixture(Fabrics.ProcessOverSockets);

public sealed class TimeOnProcessOverSockets() : TimeFixture(Fabrics.ProcessOverSockets);

public sealed class OutputOnProcessOverSockets() : OutputFixture(Fabrics.ProcessOverSockets);

public sealed class IsolationOnProcessOverSockets() : IsolationFixture(Fabrics.ProcessOverSockets);

public sealed class DataOnProcessOverSockets() : DataFixture(Fabrics.ProcessOverSockets);

public sealed class RandomOnProcessOverSockets() : RandomFixture(Fabrics.ProcessOverSockets);

public sealed class EndingOnProcessOverSockets() : EndingFixture(Fabrics.ProcessOverSockets);

public sealed class StartupOnProcessOverSockets() : StartupFixture(Fabrics.ProcessOverSockets);

public sealed class ProgressOnProcessOverSockets() : ProgressFixture(Fabrics.ProcessOverSockets);

public sealed class ResizeOnProcessOverSockets() : ResizeFixture(Fabrics.ProcessOverSockets);

public sealed class WireTravelOnProcessOverSockets() : WireTravelFixture(Fabrics.ProcessOverSockets);

public sealed class PriorityAndLazyInputOnProcessOverSockets() : PriorityAndLazyInputFixture(Fabrics.ProcessOverSockets);

public sealed class FaultMatrixOnProcessOverSockets() : FaultMatrixFixture(Fabrics.ProcessOverSockets);

public sealed class RankOnProcessOverSockets() : RankFixture(Fabrics.ProcessOverSockets);

public sealed class ExternalCommandOnProcessOverSockets() : ExternalCommandFixture(Fabrics.ProcessOverSockets);

public sealed class FunctionOnProcessOverSockets() : FunctionFixture(Fabrics.ProcessOverSockets);

public sealed class FutureOnProcessOverSockets() : FutureFixture(Fabrics.ProcessOverSockets);

public sealed class DependencyOnProcessOverSockets() : DependencyFixture(Fabrics.ProcessOverSockets);

public sealed class MapOnProcessOverSockets() : MapFixture(Fabrics.ProcessOverSockets);

public sealed class LazyMapOnProcessOverSockets() : LazyMapFixture(Fabrics.ProcessOverSockets);

public sealed class ReductionOnProcessOverSockets() : ReductionFixture(Fabrics.ProcessOverSockets);

public sealed class SectionOnProcessOverSockets() : SectionFixture(Fabrics.ProcessOverSockets);

public sealed class ConversationOnProcessOverSockets() : ConversationFixture(Fabrics.ProcessOverSockets);

public sealed class ObservationOnProcessOverSockets() : ObservationFixture(Fabrics.ProcessOverSockets);
