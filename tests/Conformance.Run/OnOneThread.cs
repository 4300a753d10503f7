namespace HpcRuntime.Conformance.Run;

// `thread` with a single slave, where what waits for another slave would wait for ever.
public sealed class DispatchOnOneThread() : DispatchFixture(Fabrics.OneThread);

public sealed class ResultOnOneThread() : ResultFixture(Fabrics.OneThread);

public sealed class ErrorPolicyOnOneThread() : ErrorPolicyFixture(Fabrics.OneThread);

public sealed class LossOnOneThread() : LossFixture(Fabrics.OneThread);

public sealed class TimeOnOneThread() : TimeFixture(Fabrics.OneThread);

public sealed class OutputOnOneThread() : OutputFixture(Fabrics.OneThread);

public sealed class DataOnOneThread() : DataFixture(Fabrics.OneThread);

public sealed class EndingOnOneThread() : EndingFixture(Fabrics.OneThread);

public sealed class ProgressOnOneThread() : ProgressFixture(Fabrics.OneThread);

public sealed class PriorityAndLazyInputOnOneThread() : PriorityAndLazyInputFixture(Fabrics.OneThread);

public sealed class FaultMatrixOnOneThread() : FaultMatrixFixture(Fabrics.OneThread);

public sealed class RankOnOneThread() : RankFixture(Fabrics.OneThread);

public sealed class ExternalCommandOnOneThread() : ExternalCommandFixture(Fabrics.OneThread);

public sealed class FunctionOnOneThread() : FunctionFixture(Fabrics.OneThread);

public sealed class FutureOnOneThread() : FutureFixture(Fabrics.OneThread);

public sealed class DependencyOnOneThread() : DependencyFixture(Fabrics.OneThread);

public sealed class MapOnOneThread() : MapFixture(Fabrics.OneThread);

public sealed class LazyMapOnOneThread() : LazyMapFixture(Fabrics.OneThread);

public sealed class ReductionOnOneThread() : ReductionFixture(Fabrics.OneThread);

public sealed class SectionOnOneThread() : SectionFixture(Fabrics.OneThread);

public sealed class ConversationOnOneThread() : ConversationFixture(Fabrics.OneThread);

public sealed class ObservationOnOneThread() : ObservationFixture(Fabrics.OneThread);
