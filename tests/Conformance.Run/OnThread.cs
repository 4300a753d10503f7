namespace HpcRuntime.Conformance.Run;

// `thread`: slaves are threads.
public sealed class DispatchOnThread() : DispatchFixture(Fabrics.Thread);

public sealed class ResultOnThread() : ResultFixture(Fabrics.Thread);

public sealed class OutcomeOnThread() : OutcomeFixture(Fabrics.Thread);

public sealed class ErrorPolicyOnThread() : ErrorPolicyFixture(Fabrics.Thread);

public sealed class LossOnThread() : LossFixture(Fabrics.Thread);

public sealed class TimeOnThread() : TimeFixture(Fabrics.Thread);

public sealed class OutputOnThread() : OutputFixture(Fabrics.Thread);

public sealed class IsolationOnThread() : IsolationFixture(Fabrics.Thread);

public sealed class DataOnThread() : DataFixture(Fabrics.Thread);

public sealed class RandomOnThread() : RandomFixture(Fabrics.Thread);

public sealed class EndingOnThread() : EndingFixture(Fabrics.Thread);

public sealed class StartupOnThread() : StartupFixture(Fabrics.Thread);

public sealed class ProgressOnThread() : ProgressFixture(Fabrics.Thread);

public sealed class ResizeOnThread() : ResizeFixture(Fabrics.Thread);

public sealed class WireTravelOnThread() : WireTravelFixture(Fabrics.Thread);

public sealed class PriorityAndLazyInputOnThread() : PriorityAndLazyInputFixture(Fabrics.Thread);

public sealed class FaultMatrixOnThread() : FaultMatrixFixture(Fabrics.Thread);

public sealed class RankOnThread() : RankFixture(Fabrics.Thread);

public sealed class ExternalCommandOnThread() : ExternalCommandFixture(Fabrics.Thread);

public sealed class FunctionOnThread() : FunctionFixture(Fabrics.Thread);

public sealed class FutureOnThread() : FutureFixture(Fabrics.Thread);

public sealed class DependencyOnThread() : DependencyFixture(Fabrics.Thread);

public sealed class MapOnThread() : MapFixture(Fabrics.Thread);

public sealed class LazyMapOnThread() : LazyMapFixture(Fabrics.Thread);

public sealed class ReductionOnThread() : ReductionFixture(Fabrics.Thread);

public sealed class SectionOnThread() : SectionFixture(Fabrics.Thread);

public sealed class ConversationOnThread() : ConversationFixture(Fabrics.Thread);

public sealed class ObservationOnThread() : ObservationFixture(Fabrics.Thread);
