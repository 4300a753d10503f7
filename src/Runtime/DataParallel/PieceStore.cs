using System.Collections.Generic;

namespace HpcRuntime.DataParallel;

/// <summary>Pieces that have come home and wait for their consumer: handed on in input order, or as they came. Under the map's gate.</summary>
internal sealed class PieceStore<TResult>(bool inOrder) : IMapSink<TResult>
{
    private readonly Queue<MapPiece<TResult>> _arrived = new();
    private readonly Dictionary<long, MapPiece<TResult>> _early = [];
    private long _next;

    public void Take(MapPiece<TResult> piece)
    {
        if (!inOrder)
        {
            _arrived.Enqueue(piece);
            return;
        }

        _early.Add(piece.First, piece);
        while (_early.Remove(_next, out var due))
        {
            _next += due.Values.Length;
            _arrived.Enqueue(due);
        }
    }

    internal MapPiece<TResult>? TryTake() => _arrived.TryDequeue(out var piece) ? piece : null;
}
