using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples;

/// <summary><c>scripts/chaos-examples.sh</c> itself, on the example that needs the least of the machine.</summary>
[Platform("Linux")]
[NonParallelizable]
internal sealed class ChaosScriptTests
{
    [Test]
    public void The_script_tells_of_each_application_in_a_line()
    {
        var (code, lines) = Run("--no-build", "3", "2", "100", "dependencies", "hello");

        Assert.That(code, Is.Zero, string.Join('\n', lines));
        Assert.That(lines[0], Is.EqualTo("seed 3, 2 slaves, the first kill after about 100 ms"));
        Assert.That(lines[1], Does.Match("^ok      dependencies: [1-9][0-9]* slaves killed in [0-9]+ s, all as on uni$"));
        Assert.That(lines[2], Does.StartWith("left    hello: "));
        Assert.That(lines[3], Is.EqualTo("1 passed, 0 failed"));
    }

    [Test]
    public void The_script_says_what_fails()
    {
        var (code, lines) = Run("--no-build", "3", "2", "100", "no-such-application");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(lines, Does.Contain("FAILED  no-such-application: it does not end well on uni").And.Some.Contains("no application 'no-such-application'"));
        Assert.That(lines[^1], Is.EqualTo("0 passed, 1 failed"));
    }

    private static (int Code, string[] Lines) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(RepositoryFiles.PathOf("scripts/chaos-examples.sh"), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["CONFIGURATION"] = Programs.Configuration;
        foreach (var variable in new List<string>(start.Environment.Keys.Where(name => name.StartsWith("HPCRUNTIME_", StringComparison.Ordinal))))
        {
            start.Environment.Remove(variable);
        }

        using var script = Process.Start(start)!;
        script.StandardInput.Close();
        var lines = script.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        script.WaitForExit();
        return (script.ExitCode, lines);
    }
}
