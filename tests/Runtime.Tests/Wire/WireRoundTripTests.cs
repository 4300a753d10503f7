using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Threading;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireRoundTripTests
{
    private static readonly object?[] Values =
    [
        null, true, (byte)1, (sbyte)-1, (short)-2, (ushort)2, -3, 3u, -4L, 4ul, 1.5f, double.NaN, 'x', 12.345m, (Half)0.5, Int128.MinValue, UInt128.MaxValue,
        DayOfWeek.Friday, Colour.Blue, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc), new DateTime(1, DateTimeKind.Local),
        new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.FromMinutes(-330)), new DateOnly(2024, 2, 29), new TimeOnly(23, 59, 59), TimeSpan.FromTicks(-7), new Complex(1, -2),
        BigInteger.Pow(-7, 300), new Version(1, 2, 3), new Version(1, 2), new Uri("https://example.org/a?b=c"), new Uri("relative/x", UriKind.Relative), new Rune(0x1F600), new Index(3, true), 2..5,
        "", "plain", "naïve Ωmega", "\uD800 lone", "\0", CultureInfo.InvariantCulture, typeof(int), typeof(List<string>), typeof(Dictionary<,>), typeof(Point), typeof(IDisposable),
        (1, "two"), Tuple.Create(1, 2.0, "three"), new KeyValuePair<string, int>("k", 5), (1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        new Point(1, 2), new Labelled("p", new Point(3, 4)), new Pair<int, string>(7, "seven"), new Inner { Deep = 9 },
    ];

    private enum Colour : byte
    {
        Red,
        Blue = 200,
    }

    [TestCaseSource(nameof(Values))]
    public void A_value_comes_back_equal_and_of_its_type(object? value)
    {
        var back = WirePair.RoundTrip(value);
        Assert.That(back, Is.EqualTo(value));
        Assert.That(back?.GetType(), Is.EqualTo(value?.GetType()));
    }

    [Test]
    public void A_date_keeps_its_kind() => Assert.That(WirePair.RoundTrip(new DateTime(5, DateTimeKind.Local)).Kind, Is.EqualTo(DateTimeKind.Local));

    [Test]
    public void Captured_constructor_parameters_and_init_properties_come_back()
    {
        var fit = WirePair.RoundTrip(new FitCurve(new Curve("a", [1, 2, 3], [4, 5, 6]), 500) { Label = "first" });
        Assert.Multiple(() =>
        {
            Assert.That(fit.Simulations, Is.EqualTo(500));
            Assert.That(fit.Label, Is.EqualTo("first"));
            Assert.That(fit.Curve.Name, Is.EqualTo("a"));
            Assert.That(fit.Curve.Y, Is.EqualTo(new double[] { 4, 5, 6 }));
        });
    }

    [Test]
    public void Private_and_inherited_and_readonly_fields_come_back_and_no_constructor_runs()
    {
        var derived = new Derived(3, "own");
        Derived.Constructed = 0;
        var back = WirePair.RoundTrip(derived);
        Assert.That(back.Describe(), Is.EqualTo("3 hidden own"));
        Assert.That(Derived.Constructed, Is.Zero);
    }

    [Test]
    public void A_field_marked_as_not_serialised_comes_back_as_default()
    {
        var back = WirePair.RoundTrip(new WithCache { Kept = 1, Cache = new object(), Inner = new CachedStruct { Kept = 2, Cached = 3 } });
        Assert.That((back.Kept, back.Cache, back.Inner.Kept, back.Inner.Cached), Is.EqualTo((1, (object?)null, 2, 0)));
    }

    [Test]
    public void Fields_of_interface_and_object_type_keep_the_type_of_what_they_hold()
    {
        var back = WirePair.RoundTrip(new Holder { Shape = new Circle { Radius = 2 }, Anything = new Square { Side = 3 }, Boxed = 5L, Maybe = 6, Nothing = null });
        Assert.That(back.Shape, Is.TypeOf<Circle>().With.Property("Radius").EqualTo(2));
        Assert.That(back.Anything, Is.TypeOf<Square>());
        Assert.That(back.Boxed, Is.TypeOf<long>().And.EqualTo(5L));
        Assert.That((back.Maybe, back.Nothing), Is.EqualTo(((int?)6, (int?)null)));
    }

    [Test]
    public void Structs_with_references_and_fixed_buffers_come_back()
    {
        var back = WirePair.RoundTrip(new Tagged { Tag = "t", Numbers = [1, 2], When = new DateOnly(2020, 1, 1) });
        Assert.That((back.Tag, back.Numbers![1], back.When), Is.EqualTo(("t", 2, new DateOnly(2020, 1, 1))));
        var buffer = default(Eight);
        buffer[7] = 42;
        Assert.That(WirePair.RoundTrip(buffer)[7], Is.EqualTo(42));
    }

    [Test]
    public void Anonymous_objects_come_back()
    {
        var back = WirePair.RoundTrip(new { Name = "n", Inner = new { X = 1 } });
        Assert.That((back.Name, back.Inner.X), Is.EqualTo(("n", 1)));
    }

    [Test]
    public void A_text_under_construction_comes_back()
    {
        Assert.That(WirePair.RoundTrip(new StringBuilder("abc")).Append('d').ToString(), Is.EqualTo("abcd"));
    }

    [Test]
    public void Objects_that_are_only_locked_come_back_as_fresh_ones()
    {
        var back = WirePair.RoundTrip(new Locked());
        Assert.That(back.Monitor, Is.TypeOf<object>());
        lock (back.Gate)
        {
            Assert.That(back.Gate.IsHeldByCurrentThread);
        }
    }

    [Test]
    public void A_random_stream_goes_on_where_it_was()
    {
        var stream = new RandomStream(1, 2, 3);
        stream.NextUInt64();
        var back = WirePair.RoundTrip(stream);
        Assert.That((back.Key, back.NextUInt64(), back.NextDouble()), Is.EqualTo((stream.Key, stream.NextUInt64(), stream.NextDouble())));
    }

    [Test]
    public void Bytes_name_types_by_number_only()
    {
        var pair = new WirePair();
        pair.Send(new Point(1, 2));
        Assert.That(pair.Writer.Position, Is.LessThanOrEqualTo(10), "a number and two integers");
    }

    private sealed class FitCurve(Curve curve, int simulations)
    {
        public Curve Curve => curve;

        public int Simulations => simulations;

        public string? Label { get; init; }
    }

    private sealed record Curve(string Name, double[] X, double[] Y);

    private readonly record struct Point(int X, int Y);

    private sealed record Labelled(string Label, Point At);

    private sealed record Pair<TFirst, TSecond>(TFirst First, TSecond Second);

    private record Outer
    {
        public int Deep { get; init; }
    }

    private sealed record Inner : Outer;

    private abstract class Base(int number)
    {
        private readonly string _hidden = "hidden";

        protected string Prefix => $"{number} {_hidden}";
    }

    private sealed class Derived : Base
    {
        private readonly string _hidden;

        public Derived(int number, string own) : base(number)
        {
            _hidden = own;
            Constructed++;
        }

        public static int Constructed { get; set; }

        public string Describe() => $"{Prefix} {_hidden}";
    }

    private sealed class WithCache
    {
        public int Kept;

        [NonSerialized]
        public object? Cache;

        public CachedStruct Inner;
    }

    private struct CachedStruct
    {
        public int Kept;

        [NonSerialized]
        public int Cached;
    }

    private interface IShape;

    private sealed class Circle : IShape
    {
        public double Radius { get; set; }
    }

    private sealed class Square : IShape
    {
        public double Side { get; set; }
    }

    private sealed class Holder
    {
        public IShape? Shape { get; set; }

        public object? Anything { get; set; }

        public object? Boxed { get; set; }

        public int? Maybe { get; set; }

        public int? Nothing { get; set; }
    }

    private struct Tagged
    {
        public string? Tag;
        public int[]? Numbers;
        public DateOnly When;
    }

    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct Eight
    {
        private int _first;
    }

    private sealed class Locked
    {
        public object Monitor { get; } = new();

        public Lock Gate { get; } = new();
    }
}
