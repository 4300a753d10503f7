using System.Threading;

namespace HpcRuntime.Backends.Native;

/// <summary>The word on which a rank sleeps: 0 awake, 1 about to sleep or asleep, 2 rung. A ringer that dies or is stopped between ringing and waking does no harm:
/// whoever rings after it sees 2 and wakes too.</summary>
internal readonly unsafe struct ParkWord(int* word)
{
    private const int Awake = 0;
    private const int Parked = 1;
    private const int Rung = 2;

    /// <summary>Says that this rank is about to sleep. What it looks at after this call, and finds empty, will be rung for.</summary>
    internal void Raise() => Interlocked.Exchange(ref *word, Parked); // A full fence: the look that follows is not done before the flag is up.

    /// <summary>Sleeps until rung, until the time is over, or without reason.</summary>
    /// <param name="nanoseconds">Negative without limit.</param>
    internal void Sleep(long nanoseconds) => Futex.Wait(word, Parked, nanoseconds);

    /// <summary>Says that this rank is awake; whether it was rung since it raised the flag.</summary>
    internal bool Lower() => Interlocked.Exchange(ref *word, Awake) == Rung;

    /// <summary>Wakes the rank if it sleeps or is about to. Call it after publishing what it shall see. True when it had to be woken.</summary>
    internal bool Ring()
    {
        // The flag must not be read before what was published is visible, else both sides could miss each other.
        Interlocked.MemoryBarrier();
        var seen = Volatile.Read(ref *word);
        if (seen == Parked)
        {
            seen = Interlocked.CompareExchange(ref *word, Rung, Parked);
        }

        if (seen == Awake)
        {
            return false;
        }

        Futex.Wake(word, 1);
        return true;
    }
}
