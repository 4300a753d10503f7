using System.Linq;
using HpcRuntime.Backends.Mpi.Transport;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>Who gets its copy from whom, and in which pieces.</summary>
public sealed class SpreadTreeTests
{
    [Test]
    public void The_master_sends_to_log2_of_the_hosts_and_each_passes_it_on()
    {
        var tree = Tree(15);
        var parents = tree.Hosts.Select(tree.ParentOf).ToArray();
        Assert.That(parents.Count(parent => parent == 0), Is.EqualTo(4));
        Assert.That(parents, Is.EqualTo(new[] { 0, 0, 200, 0, 400, 400, 600, 0, 800, 800, 1000, 800, 1200, 1200, 1400 }));
    }

    [Test]
    public void A_host_without_a_leader_is_passed_over()
    {
        var tree = Tree(7);
        tree.Find(60)!.Leader = 0;
        Assert.That(tree.ParentOf(tree.Find(70)!), Is.EqualTo(400));
        tree.Find(40)!.Leader = 0;
        Assert.That(tree.ParentOf(tree.Find(70)!), Is.Zero);
    }

    [Test]
    public void A_new_leader_stands_where_the_lost_one_stood()
    {
        var tree = Tree(3);
        tree.Find(20)!.Leader = 0;
        tree.Find(20)!.Leader = 201;
        Assert.That(tree.ParentOf(tree.Find(30)!), Is.EqualTo(201));
    }

    [Test]
    public void Pieces_cover_every_block_once_and_cross_none()
    {
        var layout = new SpreadLayout([100, 0, 64, 1000]);
        Assert.That((layout.Bytes, layout.StartOf(2), layout.StartOf(3)), Is.EqualTo((128 + 64 + 1024, 128, 192)));
        var pieces = new System.Collections.Generic.List<SpreadPiece>();
        for (ulong at = 0; layout.TryPiece(at, 400, out var piece); at = piece.End)
        {
            pieces.Add(piece);
        }

        Assert.That(pieces, Is.EqualTo(new[] { new SpreadPiece(0, 0, 100), new SpreadPiece(2, 128, 64), new SpreadPiece(3, 192, 400), new SpreadPiece(3, 592, 400), new SpreadPiece(3, 992, 200) }));
    }

    [Test]
    public void Who_goes_on_in_the_middle_gets_the_rest()
    {
        var layout = new SpreadLayout([1000, 1000]);
        Assert.That(layout.TryPiece(900, 400, out var rest), Is.True);
        Assert.That(rest, Is.EqualTo(new SpreadPiece(0, 900, 100)));
        Assert.That(layout.TryPiece(1000, 400, out rest), Is.True);
        Assert.That(rest, Is.EqualTo(new SpreadPiece(1, 1024, 400)));
    }

    /// <summary>Hosts 10, 20, ... whose leaders are 100, 200, ...</summary>
    private static SpreadTree Tree(int hosts)
    {
        var tree = new SpreadTree();
        for (var i = 1; i <= hosts; i++)
        {
            tree.Add(i * 10).Leader = i * 100;
        }

        return tree;
    }
}
