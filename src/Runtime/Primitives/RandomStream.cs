using System;
using System.Buffers.Binary;
using System.Numerics;

namespace HpcRuntime.Primitives;

/// <summary>The key of a random stream: a seed, a run and an item, or such a key extended by an index.</summary>
/// <param name="High">The upper 64 bits.</param>
/// <param name="Low">The lower 64 bits.</param>
public readonly record struct RandomKey(ulong High, ulong Low)
{
    /// <summary>The key of item <paramref name="index"/> of run <paramref name="run"/> under <paramref name="seed"/>.</summary>
    public static RandomKey Of(long seed, long run, long index) => OfRun(seed, run).Child(index);

    /// <summary>The key of the <paramref name="index"/>-th stream below this one.</summary>
    public RandomKey Child(long index)
    {
        var low = Mix(Low + (0x9E3779B97F4A7C15UL * ((ulong)index + 1)));
        var high = Mix(High ^ BitOperations.RotateLeft(low, 29) ^ (ulong)index);
        return new RandomKey(high, Mix(low + high));
    }

    /// <summary>The key whose children are those of the items of run <paramref name="run"/>.</summary>
    internal static RandomKey OfRun(long seed, long run) => new RandomKey(0x243F6A8885A308D3UL, (ulong)seed).Child(run);

    /// <summary>The finaliser of SplitMix64 (Steele, Lea, Flood 2014; constants of Stafford's variant 13).</summary>
    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

/// <summary>A random stream that depends on its <see cref="Key"/> only: xoshiro256** (Blackman and Vigna 2018), its state filled by SplitMix64.
/// Not thread-safe; not for cryptography. The numbers are part of the contract: they do not change between versions.</summary>
public sealed class RandomStream : Random
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>The stream of <paramref name="key"/>, at its start.</summary>
    public RandomStream(RandomKey key)
    {
        Key = key;
        var z = key.Low;
        _s0 = RandomKey.Mix(z += 0x9E3779B97F4A7C15UL) ^ key.High;
        _s1 = RandomKey.Mix(z += 0x9E3779B97F4A7C15UL);
        _s2 = RandomKey.Mix(z += 0x9E3779B97F4A7C15UL) + key.High;
        _s3 = RandomKey.Mix(z + 0x9E3779B97F4A7C15UL) | 1;
    }

    /// <summary>The stream of item <paramref name="index"/> of run <paramref name="run"/> under <paramref name="seed"/>.</summary>
    public RandomStream(long seed, long run, long index) : this(RandomKey.Of(seed, run, index))
    {
    }

    /// <summary>What this stream depends on.</summary>
    public RandomKey Key { get; }

    /// <summary>The <paramref name="index"/>-th stream below this one, at its start; independent of how far this one has been read.</summary>
    public RandomStream Child(long index) => new(Key.Child(index));

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A normal deviate of mean 0 and standard deviation 1 (Marsaglia's polar method; one of the pair is thrown away, so that each call is independent of the last).</summary>
    public double NextGaussian()
    {
        while (true)
        {
            var u = (2 * NextDouble()) - 1;
            var v = (2 * NextDouble()) - 1;
            var s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                return u * Math.Sqrt(-2 * Math.Log(s) / s);
            }
        }
    }

    /// <inheritdoc/>
    public override int Next() => (int)NextBounded(int.MaxValue);

    /// <inheritdoc/>
    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue == 0 ? 0 : (int)NextBounded((ulong)maxValue);
    }

    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : (int)(minValue + (long)NextBounded((ulong)((long)maxValue - minValue)));
    }

    /// <inheritdoc/>
    public override long NextInt64() => (long)NextBounded(long.MaxValue);

    /// <inheritdoc/>
    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue == 0 ? 0 : (long)NextBounded((ulong)maxValue);
    }

    /// <inheritdoc/>
    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : (long)((ulong)minValue + NextBounded((ulong)maxValue - (ulong)minValue));
    }

    /// <inheritdoc/>
    public override double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc/>
    public override float NextSingle() => (NextUInt64() >> 40) * (1.0f / (1U << 24));

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        while (buffer.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, NextUInt64());
            buffer = buffer[sizeof(ulong)..];
        }

        if (!buffer.IsEmpty)
        {
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(last, NextUInt64());
            last[..buffer.Length].CopyTo(buffer);
        }
    }

    /// <inheritdoc/>
    protected override double Sample() => NextDouble();

    /// <summary>A number below <paramref name="bound"/> without bias (Lemire 2019, multiplication and rejection).</summary>
    private ulong NextBounded(ulong bound)
    {
        var high = Math.BigMul(NextUInt64(), bound, out var low);
        if (low < bound)
        {
            var threshold = unchecked(0UL - bound) % bound;
            while (low < threshold)
            {
                high = Math.BigMul(NextUInt64(), bound, out low);
            }
        }

        return high;
    }
}
