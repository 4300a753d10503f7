namespace HpcRuntime.Conformance.Run;

// The scripted fabric: several slaves on one thread, all bytes, scrambled order.
public sealed class DispatchOnScripted() : DispatchFixture(Fabrics.Scripted);

public sealed class ResultOnScripted() : ResultFixture(Fabrics.Scripted);

public sealed class OutcomeOnScripted() : OutcomeFixture(Fabrics.Scripted);

public sealed class ErrorPolicyOnScripted() : ErrorPolicyFixture(Fabrics.Scripted);

public sealed class LossOnScripted() : LossFixture(Fabrics.Scripted);

public sealed class TimeOnScripted() : TimeFixture(Fabrics.Scripted);

public sealed class OutputOnScripted() : OutputFixture(Fabrics.Scripted);

public sealed class IsolationOnScripted() : IsolationFixture(Fabrics.Scripted);

public sealed class DataOnScripted() : DataFixture(Fabrics.Scripted);

public sealed class RandomOnScripted() : RandomFixture(Fabrics.Scripted);

public sealed class EndingOnScripted() : EndingFixture(Fabrics.Scripted);

public sealed class StartupOnScripted() : StartupFixture(Fabrics.Scripted);

public sealed class ProgressOnScripted() : ProgressFixture(Fabrics.Scripted);

public sealed class ResizeOnScripted() : ResizeFixture(Fabrics.Scripted);

public sealed class WireTravelOnScripted() : WireTravelFixture(Fabrics.Scripted);

public sealed class PriorityAndLazyInputOnScripted() : PriorityAndLazyInputFixture(Fabrics.Scripted);

public sealed class FaultMatrixOnScripted() : FaultMatrixFixture(Fabrics.Scripted);

public sealed class RankOnScripted() : RankFixture(Fabrics.Scripted);

public sealed class ExternalCommandOnScripted() : ExternalCommandFixture(Fabrics.Scripted);

public sealed class FunctionOnScripted() : FunctionFixture(Fabrics.Scripted);

public sealed class FutureOnScripted() : FutureFixture(Fabrics.Scripted);

public sealed class DependencyOnScripted() : DependencyFixture(Fabrics.Scripted);

public sealed class MapOnScripted() : MapFixture(Fabrics.Scripted);

public sealed class LazyMapOnScripted() : LazyMapFixture(Fabrics.Scripted);

public sealed class ReductionOnScripted() : ReductionFixture(Fabrics.Scripted);

public sealed class SectionOnScripted() : SectionFixture(Fabrics.Scripted);

public sealed class ConversationOnScripted() : ConversationFixture(Fabrics.Scripted);

public sealed class ObservationOnScripted() : ObservationFixture(Fabrics.Scripted);
