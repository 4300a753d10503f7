using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireIdentityTests
{
    [Test]
    public void An_object_reached_twice_comes_back_as_one()
    {
        var shared = new double[] { 1, 2 };
        var back = WirePair.RoundTrip(new Two { First = shared, Second = shared, Copy = [1, 2] });
        Assert.That(back.First, Is.SameAs(back.Second));
        Assert.That(back.Copy, Is.Not.SameAs(back.First));
    }

    [Test]
    public void A_cycle_comes_back_closed()
    {
        var node = new Node { Value = 1 };
        node.Next = new Node { Value = 2, Next = node };
        var back = WirePair.RoundTrip(node);
        Assert.That(back.Next!.Next, Is.SameAs(back));
    }

    [Test]
    public void Collections_close_cycles_too()
    {
        var list = new List<object>();
        var map = new Dictionary<string, object> { ["list"] = list };
        list.Add(map);
        list.Add(list);
        var array = new object[] { list, null! };
        array[1] = array;
        var back = WirePair.RoundTrip(array);
        var listBack = (List<object>)back[0];
        Assert.That(back[1], Is.SameAs(back));
        Assert.That(listBack[1], Is.SameAs(listBack));
        Assert.That(((Dictionary<string, object>)listBack[0])["list"], Is.SameAs(listBack));
    }

    [Test]
    public void A_set_whose_members_know_their_set_comes_back_with_every_member_findable()
    {
        var family = new Member("root");
        family.Family.Add(family);
        family.Family.Add(new Member("child") { Family = family.Family });
        var back = WirePair.RoundTrip(family);
        Assert.That(back.Family, Has.Count.EqualTo(2));
        Assert.That(back.Family.Contains(back));
        Assert.That(back.Family.Contains(new Member("child")));
        Assert.That(back.Family.Single(member => member.Name == "child").Family, Is.SameAs(back.Family));
    }

    [Test]
    public void Immutable_collections_are_shared_and_may_lie_in_a_cycle()
    {
        var holder = new Holder();
        holder.List = [holder, holder];
        holder.Same = holder.List;
        var back = WirePair.RoundTrip(holder);
        Assert.That(back.List![0], Is.SameAs(back));
        Assert.That(back.Same, Is.SameAs(back.List));
        var fromWithin = WirePair.RoundTrip(holder.List);
        Assert.That(((Holder)fromWithin[0]).List![0], Is.SameAs(fromWithin[0]));
    }

    [TestCase(10), TestCase(1_000), TestCase(100_000)]
    public void A_long_chain_comes_back_whole(int length)
    {
        Node? chain = null;
        for (var i = length; i > 0; i--)
        {
            chain = new Node { Value = i, Next = chain };
        }

        var back = WirePair.RoundTrip(chain);
        for (var i = 1; i <= length; i++)
        {
            Assert.That(back!.Value, Is.EqualTo(i));
            back = back.Next;
        }

        Assert.That(back, Is.Null);
    }

    [Test]
    public void Lists_nested_ten_thousand_deep_come_back()
    {
        var root = new List<object>();
        for (var i = 0; i < 10_000; i++)
        {
            root = [root];
        }

        var depth = 0;
        for (var at = WirePair.RoundTrip(root); at.Count > 0; at = (List<object>)at[0])
        {
            depth++;
        }

        Assert.That(depth, Is.EqualTo(10_000));
    }

    [Test]
    public void Sets_deep_inside_a_chain_still_find_their_members()
    {
        Node? chain = null;
        for (var i = 0; i < 1_000; i++)
        {
            chain = new Node { Value = i, Next = chain, Names = [new Member($"m{i}")] };
        }

        for (var at = WirePair.RoundTrip(chain); at is not null; at = at.Next)
        {
            Assert.That(at.Names!.Contains(new Member($"m{at.Value}")));
        }
    }

    [Test]
    public void What_can_only_be_nested_is_refused_when_too_deep()
    {
        object boxed = 1;
        for (var i = 0; i < 1_000; i++)
        {
            boxed = new Boxed(boxed);
        }

        Assert.That(WirePair.Refusal(boxed).Message, Does.Contain("500 deep"));
    }

    [Test]
    public void Identity_ends_with_the_call()
    {
        var pair = new WirePair();
        var value = new Two { First = [1] };
        WireSerializer.Default.Write(pair.Writer, value);
        WireSerializer.Default.Write(pair.Writer, value);
        pair.Define();
        var bytes = pair.Writer.WrittenSpan.ToArray();
        pair.Reader.Reset(bytes, 0, bytes.Length, WireBlockSource.None);
        var first = (Two)WireSerializer.Default.Read(pair.Reader)!;
        var second = (Two)WireSerializer.Default.Read(pair.Reader)!;
        Assert.That(first.First, Is.Not.SameAs(second.First).And.EqualTo(second.First));
    }

    private sealed class Two
    {
        public double[]? First;
        public object? Second;
        public double[]? Copy;
    }

    private sealed class Node
    {
        public int Value;
        public Node? Next;
        public HashSet<Member>? Names;
    }

    private sealed class Holder
    {
        public ImmutableList<object>? List;
        public object? Same;
    }

    private readonly record struct Boxed(object Inner);

    private sealed class Member(string name)
    {
        public string Name { get; } = name;

        public HashSet<Member> Family { get; set; } = [];

        public override bool Equals(object? obj) => obj is Member other && other.Name == Name;

        public override int GetHashCode() => string.GetHashCode(Name, System.StringComparison.Ordinal);
    }
}
