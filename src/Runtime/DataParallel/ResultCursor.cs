using System;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;

namespace HpcRuntime.DataParallel;

/// <summary>One enumeration of the results of a map, piece by piece. Used by one thread at a time.</summary>
internal abstract class ResultCursor<TResult, TItem>(MapRun map, PieceStore<TResult> store, IDisposable input) : IResultCursor<TItem>
{
    private MapPiece<TResult>? _piece;
    private int _at;

    public TItem Current => _piece is { } piece ? ItemOf(piece, _at) : throw new InvalidOperationException("The enumeration has not begun or is over.");

    public bool? TryMove(out int version)
    {
        version = 0;
        if (_piece is { } piece && _at + 1 < piece.Values.Length)
        {
            _at++;
            return true;
        }

        if (_piece is not null)
        {
            map.Consumed(_piece.Values.Length);
            _piece = null;
        }

        // In this order: what comes home in between is seen, or changes the version.
        version = map.Version;
        if (!TakePiece())
        {
            map.Feed(FeedUntil.News, version);
            if (!TakePiece())
            {
                return IsOver();
            }
        }
        else
        {
            map.Feed(FeedUntil.Slow, map.Version);
        }

        return true;
    }

    public void WaitForNews(int version) => map.WaitForNews(version);

    public Task NewsAsync(int version) => map.NewsAsync(version);

    public void Dispose()
    {
        map.Stop(new OperationCanceledException("The enumeration was left."));
        input.Dispose();
    }

    protected abstract TItem ItemOf(MapPiece<TResult> piece, int at);

    /// <summary>False at the end; null when more is to come. Throws why the map ended before its time.</summary>
    private bool? IsOver()
    {
        lock (map.Gate)
        {
            if (map.Stopped is { } reason)
            {
                ExceptionDispatchInfo.Throw(reason);
            }

            if (!map.IsOver)
            {
                return null;
            }
        }

        return TakePiece(); // The last piece may have come in between.
    }

    private bool TakePiece()
    {
        lock (map.Gate)
        {
            _piece = store.TryTake();
        }

        _at = 0;
        return _piece is not null;
    }
}

/// <summary>Results alone.</summary>
internal sealed class ValueCursor<TResult>(MapRun map, PieceStore<TResult> store, IDisposable input) : ResultCursor<TResult, TResult>(map, store, input)
{
    protected override TResult ItemOf(MapPiece<TResult> piece, int at)
    {
        if (piece.FailureAt(at) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return piece.Values[at];
    }
}

/// <summary>Results with their indices and failures.</summary>
internal sealed class IndexedCursor<TResult>(MapRun map, PieceStore<TResult> store, IDisposable input) : ResultCursor<TResult, MapResult<TResult>>(map, store, input)
{
    protected override MapResult<TResult> ItemOf(MapPiece<TResult> piece, int at) => new(piece.First + at, piece.Values[at], piece.FailureAt(at));
}
