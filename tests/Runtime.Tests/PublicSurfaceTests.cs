using System;
using System.IO;
using System.Linq;
using HpcRuntime.Docs;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using NUnit.Framework;

namespace HpcRuntime.Tests;

/// <summary>A change of the public surface is a readable change of an approved text.</summary>
public sealed class PublicSurfaceTests
{
    private const string ApproveVariable = "HPCRUNTIME_APPROVE";

    [TestCase(typeof(Fabric))]
    [TestCase(typeof(Application))]
    public void The_public_surface_is_the_approved_one(Type inside)
    {
        var name = inside.Assembly.GetName().Name;
        var file = RepositoryFiles.PathOf($"tests/Runtime.Tests/Approved/{name}.txt");
        var actual = Surface.Lines(inside.Assembly).ToArray();
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            File.WriteAllText(file, string.Join('\n', actual) + "\n");
        }

        Assert.That(File.Exists(file), Is.True, $"{file} is missing.{HowToApprove}");
        var difference = Difference(File.ReadAllLines(file), actual);
        if (difference.Length > 0)
        {
            Assert.Fail($"The public surface of {name} differs from the approved one:\n{difference}\n{HowToApprove}");
        }
    }

    [Test]
    public void A_difference_names_what_came_and_what_went_below_its_type()
    {
        string[] approved = ["namespace N", "  public class A", "    public void Go()", "  public class B", "    public void Go()"];
        string[] actual = ["namespace N", "  public class A", "    public void Go()", "  public class B", "    public int Stop()"];
        Assert.That(Difference(approved, actual), Is.EqualTo("- N / public class B / public void Go()\n+ N / public class B / public int Stop()"));
        Assert.That(Difference(approved, approved), Is.Empty);
    }

    [Test]
    public void The_surface_of_a_type_is_what_others_can_use_and_a_person_wrote()
    {
        Assert.That(Surface.Header(typeof(Sample<>)), Is.EqualTo("public abstract class PublicSurfaceTests.Sample<T> : IDisposable where T : struct"));
        Assert.That(Surface.Members(typeof(Sample<>)).Select(m => m.Signature), Is.EqualTo(new[]
        {
            "protected Sample(string? name, params T[] values)",
            "public int Count { get; init; }",
            "public void Dispose()",
            "public virtual string? Find(T value, int from = 0)",
            "public const string Kind = \"sample\"",
            "public override string ToString()",
            "protected abstract bool TryFind(in T value, out (string?, T[]) found)",
        }));
    }

    private static string HowToApprove { get; } =
        $"If this is meant, approve it and commit the file with a line in CHANGELOG.md:\n  {ApproveVariable}=1 tests/Runtime.Tests/bin/Release/net10.0/HpcRuntime.Tests --filter \"FullyQualifiedName~PublicSurface\"";

    /// <summary>Lines that only one side has, each behind its namespace and type; empty when both are the same.</summary>
    private static string Difference(string[] approved, string[] actual)
    {
        var before = Paths(approved);
        var after = Paths(actual);
        return string.Join('\n', before.Except(after).Select(l => "- " + l).Concat(after.Except(before).Select(l => "+ " + l)));
    }

    private static string[] Paths(string[] lines)
    {
        var levels = new string[3];
        return lines.Select(line =>
        {
            var depth = (line.Length - line.TrimStart().Length) / 2;
            levels[depth] = depth == 0 ? line["namespace ".Length..] : line.Trim();
            return string.Join(" / ", levels.Take(depth + 1));
        }).ToArray();
    }

    /// <summary>One of each kind of member, and some that are nobody's business.</summary>
    public abstract class Sample<T> : IDisposable where T : struct
    {
        public const string Kind = "sample";

        private readonly string? _name;

        protected Sample(string? name, params T[] values)
        {
            _name = name;
            Count = values.Length;
        }

        public int Count { get; init; }

        internal bool IsNamed => _name is not null;

        public virtual string? Find(T value, int from = 0) => IsNamed && from < Count ? _name : null;

        protected abstract bool TryFind(in T value, out (string? Name, T[] Values) found);

        public override string ToString() => _name ?? Kind;

        public void Dispose() => GC.SuppressFinalize(this);
    }
}
