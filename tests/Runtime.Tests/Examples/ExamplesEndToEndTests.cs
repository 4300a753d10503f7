using System.Collections.Generic;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples;

/// <summary>Every application that comes with hpcrun, from the command line.</summary>
[NonParallelizable]
internal sealed class ExamplesEndToEndTests
{
    [TestCaseSource(nameof(Applications))]
    public void From_the_command_line_an_application_says_what_it_says_on_uni(ComparedApplication application)
    {
        var error = string.Empty;
        var run = application.Run(args =>
        {
            (var code, var output, error) = HpcrunProcess.Run(["run", application.Name, "--processor", "process", "-n", "2", "--", .. args]);
            return (code, output);
        });
        Assert.That(run, Is.EqualTo((0, application.Calm())), error);
        Assert.That(error, Is.Empty);
    }

    private static IEnumerable<ComparedApplication> Applications() => ComparedApplication.All();
}
