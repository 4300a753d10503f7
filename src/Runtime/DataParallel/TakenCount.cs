namespace HpcRuntime.DataParallel;

/// <summary>At the end of a line that receives: which of its values the sender wants to hear of once they were taken, and when to say so. Used under the line's gate.</summary>
internal struct TakenCount
{
    /// <summary>Taken values are told in batches; and whenever nothing is left, so that a sender whose window is smaller never waits for ever.</summary>
    private const int Batch = 16;

    private long _uncounted; // Received and not taken, from before the sender began to count.
    private int _untold;

    /// <summary>A value was received.</summary>
    internal void Receive(bool counted) => _uncounted += counted ? 0 : 1;

    /// <summary>A value was taken, and so many are left; how many are to be told of now, 0 for none.</summary>
    internal int Take(int left)
    {
        if (_uncounted > 0)
        {
            _uncounted--;
            return 0;
        }

        _untold++;
        if (_untold < Batch && left > 0)
        {
            return 0;
        }

        var told = _untold;
        _untold = 0;
        return told;
    }
}
