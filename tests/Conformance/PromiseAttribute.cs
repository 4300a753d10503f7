using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;

namespace HpcRuntime.Conformance;

/// <summary>A test that holds a promise. It runs on a thread of its own and fails after <see cref="Seconds"/>: a hang is a failure, never a suite that does not end.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PromiseAttribute : TestAttribute, IWrapTestMethod
{
    /// <summary>How long the test may take. Default 30 s.</summary>
    public int Seconds { get; set; } = 30;

    /// <inheritdoc/>
    public TestCommand Wrap(TestCommand command) => new DeadlineCommand(command, TimeSpan.FromSeconds(Seconds));

    private sealed class DeadlineCommand(TestCommand inner, TimeSpan deadline) : DelegatingTestCommand(inner)
    {
        public override TestResult Execute(TestExecutionContext context)
        {
            ExceptionDispatchInfo? failure = null;
            TestResult? result = null;
            var body = new Thread(() =>
            {
                try
                {
                    result = innerCommand.Execute(context);
                }
#pragma warning disable CA1031 // Whatever the test threw is thrown again on the runner's thread.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            })
            {
                IsBackground = true,
                Name = context.CurrentTest.Name,
            };
            body.Start();
            if (!body.Join(deadline))
            {
                context.CurrentResult.SetResult(ResultState.Failure, $"It did not end within {deadline.TotalSeconds:0} s.");
                return context.CurrentResult;
            }

            failure?.Throw();
            return result!;
        }
    }
}
