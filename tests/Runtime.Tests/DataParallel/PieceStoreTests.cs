using System.Collections.Generic;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Tests.DataParallel;

public sealed class PieceStoreTests
{
    [Test]
    public void In_order_a_piece_waits_for_those_before_it()
    {
        var store = new PieceStore<int>(inOrder: true);
        store.Take(new MapPiece<int>(2, [2], null));
        Assert.That(store.TryTake(), Is.Null);
        store.Take(new MapPiece<int>(0, [0, 1], null));
        Assert.That(Firsts(store), Is.EqualTo(new[] { 0L, 2 }));
    }

    [Test]
    public void Otherwise_pieces_come_as_they_arrived()
    {
        var store = new PieceStore<int>(inOrder: false);
        store.Take(new MapPiece<int>(2, [2], null));
        store.Take(new MapPiece<int>(0, [0, 1], null));
        Assert.That(Firsts(store), Is.EqualTo(new[] { 2L, 0 }));
    }

    private static List<long> Firsts(PieceStore<int> store)
    {
        var firsts = new List<long>();
        while (store.TryTake() is { } piece)
        {
            firsts.Add(piece.First);
        }

        return firsts;
    }
}
