using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Threading.Tasks;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>What travels: arguments and results of many kinds. What cannot is refused where it is queued, naming the path to it.</summary>
public abstract class WireTravelFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    private static readonly object?[] Travellers =
    [
        true, (byte)200, (sbyte)-100, 'µ', (short)-30000, (ushort)60000, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue,
        1.5f, double.NaN, double.NegativeInfinity, double.Epsilon, -0.0, 79228162514264337593543950335m, (Half)0.5, (Int128)(-5), UInt128.MaxValue,
        string.Empty, "Ångström 🧪\0", new string('x', 100_000),
        new DateTime(2024, 2, 29, 23, 59, 59, DateTimeKind.Utc), new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(5.5)), new DateOnly(2000, 1, 1), new TimeOnly(12, 30), TimeSpan.MinValue,
        Guid.Parse("00112233-4455-6677-8899-aabbccddeeff", CultureInfo.InvariantCulture), BigInteger.Pow(-7, 300), new Complex(1, -2), new Uri("https://example.org/a?b=c"), new Version(1, 2, 3, 4),
        DayOfWeek.Friday, Reaction.Fail, (1, "two", 3.0), Tuple.Create(1, "two"), KeyValuePair.Create("k", 5),
        Array.Empty<int>(), new[] { 1, 2, 3 }, new[] { "a", null, "c" }, new[] { 1.5, double.NaN }, new bool[] { true, false }, new int?[] { 1, null }, new[] { new[] { 1 }, [], [2, 3] },
        new[,] { { 1, 2, 3 }, { 4, 5, 6 } }, new double[2, 0, 3], new object?[] { 1, "two", null, 3.0, new[] { 4 } },
        new List<string> { "x", "y" }, new Dictionary<string, int> { ["one"] = 1 }, new HashSet<int> { 3, 1, 2 }, new Queue<int>([1, 2]), new SortedDictionary<int, string> { [2] = "b", [1] = "a" },
        new Point(1, 2), new Sample("s", [1, 2], new Point(3, 4)), new Segment(new Point(0, 0), new Point(1, 1)),
    ];

    private static IEnumerable<TestCaseData> Kinds => Travellers.Select((traveller, i) =>
        new TestCaseData(i).SetName($"Travels_there_and_back({i:00}: {Name(traveller!)})"));

    /// <summary>A pair of numbers without methods.</summary>
    public readonly record struct Point(double X, double Y);

    /// <summary>A positional record.</summary>
    public sealed record Segment(Point From, Point To);

    /// <summary>Something to derive from.</summary>
    public abstract class Shape
    {
        /// <summary>Its name.</summary>
        public string Name { get; init; } = string.Empty;
    }

    /// <summary>Derived.</summary>
    public sealed class Circle(double radius) : Shape
    {
        /// <summary>Its radius.</summary>
        public double Radius { get; } = radius;
    }

    /// <summary>Derived too.</summary>
    public sealed class Square(double side) : Shape
    {
        /// <summary>Its side.</summary>
        public double Side { get; } = side;
    }

    /// <summary>A node of a graph.</summary>
    public sealed class Node
    {
        /// <summary>The next one.</summary>
        public Node? Next { get; set; }

        /// <summary>Its number.</summary>
        public int Number { get; set; }
    }

    /// <summary>A plain class with equality by value.</summary>
    public sealed class Sample(string name, List<int> numbers, Point? place) : IEquatable<Sample>
    {
        private readonly string _name = name;
        private readonly List<int> _numbers = numbers;
        private readonly Point? _place = place;

        /// <inheritdoc/>
        public bool Equals(Sample? other) => other is not null && _name == other._name && _numbers.SequenceEqual(other._numbers) && _place == other._place;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => Equals(obj as Sample);

        /// <inheritdoc/>
        public override int GetHashCode() => _name.GetHashCode(StringComparison.Ordinal);
    }

    [Promise]
    [TestCaseSource(nameof(Kinds))]
    public void Travels_there_and_back(int kind)
    {
        var processor = Open(1);
        var traveller = Travellers[kind]!;
        var home = processor.Execute(new EchoCommand<object>(traveller));
        Assert.That(home.GetType(), Is.EqualTo(traveller.GetType()));
        Assert.That(home, Is.EqualTo(traveller));
    }

    [Promise]
    public void One_object_met_twice_stays_one_object()
    {
        var shared = new Node { Number = 5 };
        var home = Open(1).Execute(new EchoCommand<Node[]>([shared, shared, new Node { Number = 5 }]));
        Assert.That(home[1], Is.SameAs(home[0]));
        Assert.That(home[2], Is.Not.SameAs(home[0]));
    }

    [Promise]
    public void A_circle_of_objects_stays_a_circle()
    {
        var first = new Node { Number = 1 };
        first.Next = new Node { Number = 2, Next = first };
        var home = Open(1).Execute(new EchoCommand<Node>(first));
        Assert.That((home.Number, home.Next!.Number), Is.EqualTo((1, 2)));
        Assert.That(home.Next.Next, Is.SameAs(home));
    }

    [Promise]
    public void A_long_chain_of_objects_travels()
    {
        Node? chain = null;
        for (var i = 0; i < 50_000; i++)
        {
            chain = new Node { Number = i, Next = chain };
        }

        var count = 0;
        for (var node = Open(1).Execute(new EchoCommand<Node>(chain!)); node is not null; node = node.Next)
        {
            count++;
        }

        Assert.That(count, Is.EqualTo(50_000));
    }

    [Promise]
    public void Messages_of_every_size_come_home_whole_and_in_order()
    {
        var processor = Open(1, new ProcessorOptions { Chunking = Chunking.Each });
        var sent = new List<string>();
        var home = new List<string>();
        for (var size = 1800; size < 2300; size++)
        {
            foreach (var length in new[] { size, 3, 20_000 - size })
            {
                sent.Add(new string((char)('a' + (sent.Count % 26)), length));
                processor.AddToQueue(new EchoCommand<string>(sent[^1]), home.Add);
            }
        }

        processor.RunQueue();
        Assert.That(home, Is.EqualTo(sent));
    }

    [Promise]
    public void Derived_classes_behind_a_base_class_stay_what_they_are()
    {
        var home = Open(1).Execute(new EchoCommand<List<Shape>>([new Circle(2) { Name = "c" }, new Square(3) { Name = "s" }]));
        Assert.That((((Circle)home[0]).Radius, home[0].Name, ((Square)home[1]).Side), Is.EqualTo((2.0, "c", 3.0)));
    }

    [Promise]
    public void A_lambda_travels_with_what_it_captured()
    {
        var factor = 6;
        var home = Open(1).Execute(new CallCommand<int>(() => factor * 7));
        factor = 0;
        Assert.That((home, factor), Is.EqualTo((42, 0)));
    }

    [Promise]
    public void A_static_method_travels_as_a_delegate()
    {
        Assert.That(Open(1).Execute(new CallCommand<string>(Greeting)), Is.EqualTo("hello"));
    }

    [Promise]
    public void A_comparer_travels_with_its_set()
    {
        var home = Open(1).Execute(new EchoCommand<HashSet<string>>(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "Abc" }));
        Assert.That(home.Contains("ABC"), Is.True);
    }

    [Promise]
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(1000)]
    [TestCase(5_000_000)]
    public void Arrays_of_every_length_travel(int length)
    {
        var numbers = new double[length];
        for (var i = 0; i < length; i++)
        {
            numbers[i] = i;
        }

        Assert.That(Open(1).Execute(new EchoCommand<double[]>(numbers)).AsSpan().SequenceEqual(numbers), Is.True);
    }

    [Promise]
    public void A_matrix_keeps_its_shape()
    {
        var matrix = new double[300, 400];
        matrix[299, 399] = 7;
        var home = Open(1).Execute(new EchoCommand<double[,]>(matrix));
        Assert.That((home.GetLength(0), home.GetLength(1), home[299, 399]), Is.EqualTo((300, 400, 7.0)));
    }

    [Promise]
    public void A_stream_is_refused_where_it_is_queued_with_the_path_to_it()
    {
        var processor = Open(1);
        var refusal = Assert.Throws<WireTypeException>(() => processor.AddToQueue(new EchoCommand<Instrument>(new Instrument { Readings = new MemoryStream() })))!;
        Assert.That(refusal.Message, Does.Contain(nameof(MemoryStream)).And.Contains("Readings"));
        AssertUsable(processor);
    }

    [Promise]
    public void A_task_is_refused_where_it_is_submitted()
    {
        var processor = Open(1);
        Assert.Throws<WireTypeException>(() => processor.Submit(new EchoCommand<object>(Task.CompletedTask)));
        AssertUsable(processor);
    }

    [Promise]
    public void A_thread_is_refused_inside_a_list()
    {
        var processor = Open(1);
        var refusal = Assert.Throws<WireTypeException>(() => processor.Execute(new EchoCommand<List<object>>([1, System.Threading.Thread.CurrentThread])))!;
        Assert.That(refusal.Message, Does.Contain("Thread"));
        AssertUsable(processor);
    }

    [Promise]
    public void A_pointer_is_refused()
    {
        var processor = Open(1);
        Assert.Throws<WireTypeException>(() => processor.AddToQueue(new EchoCommand<object>((nint)5)));
        AssertUsable(processor);
    }

    [Promise]
    public void A_lambda_that_captured_a_stream_is_refused()
    {
        var processor = Open(1);
        using var stream = new MemoryStream();
        var refusal = Assert.Throws<WireTypeException>(() => processor.AddToQueue(LengthOf(stream)))!;
        Assert.That(refusal.Message, Does.Contain("stream"));
        AssertUsable(processor);
    }

    [Promise]
    public void What_is_refused_is_not_queued()
    {
        var processor = Open(1);
        processor.AddToQueue(new EchoCommand(1));
        Assert.Throws<WireTypeException>(() => processor.AddToQueue(new EchoCommand<Stream>(new MemoryStream())));
        Assert.That(processor.QueuedCount, Is.EqualTo(1));
        processor.RunQueue();
        Assert.That(processor.Statistics.Done, Is.EqualTo(1));
    }

    // In a method of its own: lambdas of one method share what any of them captured.
    private static CallCommand<long> LengthOf(Stream stream) => new(() => stream.Length);

    private static string Greeting() => "hello";

    private static string Name(object traveller) => traveller.GetType().ToString().Replace("System.", string.Empty, StringComparison.Ordinal).Replace("Collections.Generic.", string.Empty, StringComparison.Ordinal);
}
