using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.Primitives;

public sealed class ArrayDequeTests
{
    [Test]
    public void It_behaves_as_a_list_does_whatever_is_done_to_it([Values(1, 2, 3)] int seed)
    {
        var deque = new ArrayDeque<int>(4);
        var list = new List<int>();
        var dice = new RandomStream(seed, 0, 0);
        for (var step = 0; step < 20_000; step++)
        {
            Change(deque, list, dice.Next(list.Count > 200 ? 6 : 10), step, dice);
            Assert.That(deque.Count, Is.EqualTo(list.Count));
            if (step % 500 == 0)
            {
                Assert.That(Enumerable.Range(0, deque.Count).Select(i => deque[i]), Is.EqualTo(list), $"seed {seed}, step {step}");
            }
        }
    }

    [Test]
    public void An_empty_one_gives_nothing()
    {
        var deque = new ArrayDeque<string>();
        Assert.That(() => deque[0], Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(deque.RemoveFirst, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(deque.RemoveLast, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void What_was_removed_is_let_go()
    {
        var deque = new ArrayDeque<object>();
        var (first, last) = AddAndRemoveTwo(deque);
        GC.Collect();
        Assert.That((first.IsAlive, last.IsAlive), Is.EqualTo((false, false)));
        GC.KeepAlive(deque);
    }

    // In a method of its own, so that no local of the test keeps the two.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static (WeakReference First, WeakReference Last) AddAndRemoveTwo(ArrayDeque<object> deque)
    {
        var (first, last) = (new object(), new object());
        deque.AddLast(first);
        deque.AddLast(last);
        deque.RemoveFirst();
        deque.RemoveLast();
        return (new WeakReference(first), new WeakReference(last));
    }

    private static void Change(ArrayDeque<int> deque, List<int> list, int what, int value, RandomStream dice)
    {
        if (what >= 8)
        {
            deque.AddFirst(value);
            list.Insert(0, value);
        }
        else if (what >= 5 || list.Count == 0)
        {
            deque.AddLast(value);
            list.Add(value);
        }
        else if (what >= 3)
        {
            Assert.That(deque.RemoveFirst(), Is.EqualTo(list[0]));
            list.RemoveAt(0);
        }
        else if (what == 2)
        {
            Assert.That(deque.RemoveLast(), Is.EqualTo(list[^1]));
            list.RemoveAt(list.Count - 1);
        }
        else if (what == 1)
        {
            var at = dice.Next(list.Count);
            Assert.That(deque.RemoveAt(at), Is.EqualTo(list[at]));
            list.RemoveAt(at);
        }
        else if (dice.Next(100) == 0)
        {
            deque.Clear();
            list.Clear();
        }
    }
}
