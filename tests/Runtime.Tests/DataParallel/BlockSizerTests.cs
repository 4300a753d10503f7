using System;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Tests.DataParallel;

public sealed class BlockSizerTests
{
    [Test]
    public void A_given_size_is_kept_and_has_no_slice()
    {
        var sizer = new BlockSizer(7, smallItems: true, new ItemCost());
        sizer.Observe(100, 100);
        Assert.That((sizer.Next(10_000, 2), sizer.Next(null, 2), sizer.Slice), Is.EqualTo((7, 7, TimeSpan.Zero)));
    }

    [Test]
    public void Of_items_about_which_nothing_is_known_small_ones_travel_together()
    {
        Assert.That(new BlockSizer(null, smallItems: true, new ItemCost()).Next(null, 2), Is.EqualTo(64));
        Assert.That(new BlockSizer(null, smallItems: false, new ItemCost()).Next(null, 2), Is.EqualTo(1));
    }

    [Test]
    public void Blocks_take_some_milliseconds()
    {
        var sizer = new BlockSizer(null, smallItems: true, new ItemCost());
        sizer.Observe(64, 64e-5);
        Assert.That(sizer.Next(null, 2), Is.EqualTo(400).Within(1));
        sizer.Observe(10, 10);
        Assert.That(sizer.Next(null, 2), Is.EqualTo(1), "A second each.");
    }

    [Test]
    public void Large_items_make_short_blocks()
    {
        var sizer = new BlockSizer(null, smallItems: false, new ItemCost());
        sizer.Observe(1, 1e-6);
        sizer.ObserveBytes(1, 100_000);
        Assert.That(sizer.Next(null, 2), Is.EqualTo(2));
    }

    [Test]
    public void The_end_comes_in_smaller_blocks_that_are_worth_their_way()
    {
        var sizer = new BlockSizer(null, smallItems: true, new ItemCost());
        sizer.Observe(1000, 1000e-7);
        Assert.That(sizer.Next(10_000, 2), Is.EqualTo(2500), "A quarter for each of two slaves, twice.");
        Assert.That(sizer.Next(3000, 2), Is.EqualTo(1500), "A tenth of a millisecond is worth a message; a slave's share bounds it.");
        Assert.That(sizer.Next(1, 2), Is.EqualTo(1));
    }

    [Test]
    public void What_a_function_took_is_remembered_with_care()
    {
        var cost = new ItemCost();
        new BlockSizer(null, smallItems: true, cost).Observe(1000, 1000e-9);
        Assert.That(new BlockSizer(null, smallItems: true, cost).Next(null, 2), Is.EqualTo(8192), "Another map of it begins with more than 64, and fewer than it could.");
        Assert.That(new BlockSizer(null, smallItems: false, cost).Next(null, 2), Is.EqualTo(1), "Items of unknown size still begin alone.");
    }
}
