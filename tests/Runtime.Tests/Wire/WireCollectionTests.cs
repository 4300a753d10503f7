using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Linq;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireCollectionTests
{
    private static readonly object[] Collections =
    [
        new[] { 1, 2, 3 }, Array.Empty<string>(), new string?[] { "a", null, "c" }, new object?[] { 1, "two", null, 3.0 }, new[,] { { 1, 2, 3 }, { 4, 5, 6 } }, new int[0, 5], new string[,] { { "a", "b" } },
        new int[2, 2, 2], new[] { new[] { 1 }, [2, 3], [] }, new[] { DayOfWeek.Monday }, new[] { 1.5m, -2m }, new[] { DateTime.MaxValue }, new[] { true, false }, new (int, string)[] { (1, "a") }, new int?[] { 1, null },
        new List<int> { 1, 2 }, new List<string> { "x" }, new List<object?> { null, 1 }, new Queue<int>([1, 2, 3]), new Stack<int>([1, 2, 3]), new LinkedList<string>(["a", "b"]), new Collection<int> { 7 }, new ObservableCollection<string> { "o" },
        new HashSet<int> { 3, 1 }, new SortedSet<string> { "b", "a" }, new Dictionary<string, double> { ["a"] = 1, ["b"] = 2 }, new SortedDictionary<int, string> { [2] = "two", [1] = "one" }, new SortedList<int, int> { [1] = 2 },
        new ConcurrentQueue<int>([1, 2]), new ConcurrentDictionary<string, int>([new("a", 1)]), new ReadOnlyCollection<int>([1, 2]), new ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["r"] = 1 }),
        ImmutableArray.Create(1, 2), ImmutableList.Create("a", "b"), ImmutableHashSet.Create(1, 2), ImmutableSortedSet.Create(2, 1), ImmutableDictionary<string, int>.Empty.Add("a", 1), ImmutableSortedDictionary<int, int>.Empty.Add(1, 2),
        new ArraySegment<int>([1, 2, 3, 4], 1, 2),
    ];

    [TestCaseSource(nameof(Collections))]
    public void A_collection_comes_back_with_its_items_and_of_its_type(object collection)
    {
        var back = WirePair.RoundTrip(collection);
        Assert.That(back, Is.Not.SameAs(collection).And.EqualTo(collection));
        Assert.That(back.GetType(), Is.EqualTo(collection.GetType()));
    }

    [Test]
    public void A_stack_pops_in_its_old_order() => Assert.That(WirePair.RoundTrip(new Stack<int>([1, 2, 3])).Pop(), Is.EqualTo(3));

    [Test]
    public void A_priority_queue_serves_in_its_old_order()
    {
        var queue = new PriorityQueue<string, int>([("late", 9), ("soon", 1), ("then", 5)]);
        var back = WirePair.RoundTrip(queue);
        Assert.That(new[] { back.Dequeue(), back.Dequeue(), back.Dequeue() }, Is.EqualTo(new[] { "soon", "then", "late" }));
    }

    [Test]
    public void Known_comparers_are_kept()
    {
        Assert.That(WirePair.RoundTrip(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 })["a"], Is.EqualTo(1));
        Assert.That(WirePair.RoundTrip(new HashSet<string>(StringComparer.Ordinal) { "A" }), Does.Not.Contain("a"));
        Assert.That(WirePair.RoundTrip(new SortedSet<string>(StringComparer.OrdinalIgnoreCase) { "A" }).Contains("a"));
        Assert.That(WirePair.RoundTrip(ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase).Add("A", 1))["a"], Is.EqualTo(1));
    }

    [Test]
    public void A_comparer_of_the_application_travels_with_its_collection()
    {
        var back = WirePair.RoundTrip(new SortedSet<int>(new Backwards()) { 1, 2, 3 });
        back.Add(9);
        Assert.That(back, Is.EqualTo(new[] { 9, 3, 2, 1 }));
    }

    [Test]
    public void Comparers_travel_by_themselves()
    {
        Assert.That(WirePair.RoundTrip<IEqualityComparer<string>>(StringComparer.OrdinalIgnoreCase), Is.SameAs(StringComparer.OrdinalIgnoreCase));
        Assert.That(WirePair.RoundTrip<IComparer<int>>(Comparer<int>.Default), Is.SameAs(Comparer<int>.Default));
        Assert.That(WirePair.RoundTrip<IEqualityComparer<double>>(EqualityComparer<double>.Default), Is.SameAs(EqualityComparer<double>.Default));
    }

    [Test]
    public void Memory_carries_what_it_shows()
    {
        Assert.That(WirePair.RoundTrip(new Memory<int>([1, 2, 3, 4], 1, 2)).ToArray(), Is.EqualTo(new[] { 2, 3 }));
        Assert.That(WirePair.RoundTrip("hello".AsMemory(1, 3)).ToArray(), Is.EqualTo("ell"));
        Assert.That(WirePair.RoundTrip(default(Memory<byte>)).Length, Is.Zero);
        Assert.That(WirePair.RoundTrip(default(ImmutableArray<string>)).IsDefault);
    }

    [Test]
    public void Sequences_behind_interfaces_come_back()
    {
        IReadOnlyList<int> list = [1, 2, 3];
        Assert.That(WirePair.RoundTrip(list), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public void A_large_list_of_numbers_comes_back_through_a_block()
    {
        var pair = new WirePair();
        var list = Enumerable.Range(0, 100_000).ToList();
        Assert.That(pair.Send(list), Is.EqualTo(list));
        Assert.That(pair.Writer.BlockCount, Is.EqualTo(1));
        Assert.That(pair.Writer.Position, Is.LessThan(32));
    }

    [Test]
    public void Keys_that_are_objects_are_found_again()
    {
        var first = new Key("a", [1]);
        var map = new Dictionary<Key, string> { [first] = "one", [new Key("b", null)] = "two" };
        var back = WirePair.RoundTrip(new Carrier(map, first));
        Assert.That(back.Map[back.First], Is.EqualTo("one"));
        Assert.That(back.Map[new Key("b", null)], Is.EqualTo("two"));
    }

    [Test]
    public void A_structure_of_collections_comes_back()
    {
        var structure = new Dictionary<string, List<(int, HashSet<string>)>> { ["k"] = [(1, ["a", "b"]), (2, [])] };
        Assert.That((IEnumerable)WirePair.RoundTrip(structure), Is.EqualTo(structure));
    }

    private sealed class Backwards : IComparer<int>
    {
        public int Compare(int x, int y) => y.CompareTo(x);
    }

    private sealed record Carrier(Dictionary<Key, string> Map, Key First);

    private sealed class Key(string name, int[]? extra) : IEquatable<Key>
    {
        private readonly int[]? _extra = extra;

        public bool Equals(Key? other) => other is not null && other.Name == Name && _extra?.Length == other._extra?.Length;

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

        private string Name { get; } = name;
    }
}
