using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Text;
using System.Threading.Tasks;
using NUnit.Framework;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>The words of GNU parallel mean to hpcrun exec what they mean to GNU parallel: both run the same lines here.</summary>
[Parallelizable(ParallelScope.None)]
[UnsupportedOSPlatform("windows")]
internal sealed class ExecAgainstParallelTests
{
    private const string Mark = "=== ";

    [Test]
    public void The_same_line_prints_the_same_and_ends_the_same()
    {
        var cases = File.ReadAllLines(RepositoryFiles.PathOf("tests/Runtime.Tests/EndToEnd/exec-cases.txt")).Where(line => line.Length > 0 && !line.StartsWith("# ", StringComparison.Ordinal)).ToArray();
        var parallel = Task.Run(() => Results("parallel --will-cite", cases));
        var hpcrun = Results("hpcrun exec", cases);
        Assert.That(cases, Has.Length.GreaterThan(50));
        Assert.Multiple(() =>
        {
            for (var i = 0; i < cases.Length; i++)
            {
                Assert.That(hpcrun[i], Is.EqualTo(parallel.Result[i]), cases[i]);
            }
        });
    }

    /// <summary>What each line prints, and whether it ends with 0.</summary>
    private static string[] Results(string command, string[] cases)
    {
        var script = new ShellScript();
        var text = new StringBuilder();
        foreach (var line in cases)
        {
            text.Append("( run() { ").Append(command).Append(" \"$@\"; }\nmkdir -p here; cd here\n").Append(line).Append("\necho \"ended $(( $? != 0 ))\"; cd ..; rm -rf here ) 2>/dev/null </dev/null\necho '").Append(Mark).Append("'\n");
        }

        var (_, output, error) = script.Run(text.ToString());
        script.Delete();
        var results = output.Split(Mark + "\n");
        Assert.That((results.Length, error), Is.EqualTo((cases.Length + 1, string.Empty)));
        return results;
    }
}
