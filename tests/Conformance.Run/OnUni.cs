namespace HpcRuntime.Conformance.Run;

// `uni`: master and slave on one thread.
public sealed class DispatchOnUni() : DispatchFixture(Fabrics.Uni);

public sealed class ResultOnUni() : ResultFixture(Fabrics.Uni);

public sealed class OutcomeOnUni() : OutcomeFixture(Fabrics.Uni);

public sealed class ErrorPolicyOnUni() : ErrorPolicyFixture(Fabrics.Uni);

public sealed class LossOnUni() : LossFixture(Fabrics.Uni);

public sealed class TimeOnUni() : TimeFixture(Fabrics.Uni);

public sealed class OutputOnUni() : OutputFixture(Fabrics.Uni);

public sealed class IsolationOnUni() : IsolationFixture(Fabrics.Uni);

public sealed class DataOnUni() : DataFixture(Fabrics.Uni);

public sealed class RandomOnUni() : RandomFixture(Fabrics.Uni);

public sealed class EndingOnUni() : EndingFixture(Fabrics.Uni);

public sealed class StartupOnUni() : StartupFixture(Fabrics.Uni);

public sealed class ProgressOnUni() : ProgressFixture(Fabrics.Uni);

public sealed class ResizeOnUni() : ResizeFixture(Fabrics.Uni);

public sealed class WireTravelOnUni() : WireTravelFixture(Fabrics.Uni);

public sealed class PriorityAndLazyInputOnUni() : PriorityAndLazyInputFixture(Fabrics.Uni);

public sealed class FaultMatrixOnUni() : FaultMatrixFixture(Fabrics.Uni);

public sealed class RankOnUni() : RankFixture(Fabrics.Uni);

public sealed class ExternalCommandOnUni() : ExternalCommandFixture(Fabrics.Uni);

public sealed class FunctionOnUni() : FunctionFixture(Fabrics.Uni);

public sealed class FutureOnUni() : FutureFixture(Fabrics.Uni);

public sealed class DependencyOnUni() : DependencyFixture(Fabrics.Uni);

public sealed class MapOnUni() : MapFixture(Fabrics.Uni);

public sealed class LazyMapOnUni() : LazyMapFixture(Fabrics.Uni);

public sealed class ReductionOnUni() : ReductionFixture(Fabrics.Uni);

public sealed class SectionOnUni() : SectionFixture(Fabrics.Uni);

public sealed class ConversationOnUni() : ConversationFixture(Fabrics.Uni);

public sealed class ObservationOnUni() : ObservationFixture(Fabrics.Uni);
