using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Hosting;

internal sealed class ExitCodesTests
{
    private static readonly FakeCommand Command = new();

    private static IEnumerable<TestCaseData> Exceptions()
    {
        yield return new TestCaseData(new UsageException("x"), 2);
        yield return new TestCaseData(new UnknownFabricException("x", ["uni"]), 2);
        yield return new TestCaseData(new FabricUnavailableException("x", "y"), 3);
        yield return new TestCaseData(Lost(), 4);
        yield return new TestCaseData(Failed(), 1);
        yield return new TestCaseData(new CommandTimeoutException(Command, TimeSpan.FromSeconds(1), "late", LastOutput.None), 1);
        yield return new TestCaseData(new OperationCanceledException(), 1);
        yield return new TestCaseData(new InvalidOperationException(), 1);
        yield return new TestCaseData(new AggregateException(Failed(), Failed()), 1);
        yield return new TestCaseData(new AggregateException(Failed(), new AggregateException(Lost())), 4);
        yield return new TestCaseData(new AggregateException(new UsageException("x")), 2);
        yield return new TestCaseData(new AggregateException(), 1);
    }

    [TestCaseSource(nameof(Exceptions))]
    public void An_exception_has_its_code(Exception exception, int code)
    {
        Assert.That(ExitCodes.For(exception), Is.EqualTo(code));
    }

    [TestCase(PosixSignal.SIGHUP, 129)]
    [TestCase(PosixSignal.SIGINT, 130)]
    [TestCase(PosixSignal.SIGTERM, 143)]
    public void A_signal_has_the_code_of_the_shells(PosixSignal signal, int code)
    {
        Assert.That(ExitCodes.For(signal), Is.EqualTo(code));
    }

    [Test]
    public void A_failed_command_is_reported_with_its_remote_stack_and_its_last_output()
    {
        var text = ErrorReport.Describe(Failed());

        Assert.That(text, Does.StartWith("error: ").And.Contain("System.FormatException: bad digit").And.Contain("at Remote.Place()").And.Contain("last words"));
    }

    [Test]
    public void Bad_usage_is_one_line()
    {
        Assert.That(ErrorReport.Describe(new UsageException("give a file")), Is.EqualTo("error: give a file"));
    }

    [Test]
    public void Another_exception_is_reported_with_type_message_and_stack()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => throw new InvalidOperationException("oh"))!;

        Assert.That(ErrorReport.Describe(exception), Does.StartWith("error: System.InvalidOperationException: oh").And.Contain(nameof(ExitCodesTests)));
    }

    [Test]
    public void Of_many_failures_ten_are_told_in_full_and_the_rest_is_counted()
    {
        var failures = Enumerable.Range(0, 12).Select(_ => (Exception)Failed()).Append(Lost()).ToList();

        var text = ErrorReport.Describe(new AggregateException(failures));

        Assert.That(text, Does.StartWith("error: 13 failures\n"));
        Assert.That(text.Split("at Remote.Place()"), Has.Length.EqualTo(11));
        Assert.That(text, Does.EndWith("and 3 more: 2 x System.FormatException, 1 x SlaveLostException"));
    }

    private static SlaveCommandException Failed() => new(Command, "here-p1", "here", 1, [new RemoteError("System.FormatException", "bad digit", "   at Remote.Place()")], "last words\n");

    private static SlaveLostException Lost() => new(Command, "lost", [new LostAttempt(1, 1, "here-p1", "killed by SIGKILL")]);

    private sealed class FakeCommand : ICommandInfo
    {
        public long Id => 3;

        public string Label => "Fake";

        public int Rank => 1;

        public int Attempts => 1;

        public CommandStatus Status => CommandStatus.Failed;

        public TimeSpan Duration => TimeSpan.Zero;

        public CommandOutput Output => CommandOutput.Empty;
    }
}
