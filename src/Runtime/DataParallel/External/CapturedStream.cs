using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.DataParallel;

/// <summary>Reads one stream of a program into memory. <see cref="Length"/> may be asked from any thread; the bytes once the reading has ended.</summary>
internal sealed class CapturedStream(Stream stream, long limit)
{
    private const int FirstBytes = 4096;
    private readonly long _limit = Math.Min(limit, Array.MaxLength - FirstBytes); // An array holds no more.
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Bytes so far.</summary>
    internal int Length => Volatile.Read(ref _length);

    /// <summary>Whether there was more than the limit.</summary>
    internal bool Flooded { get; private set; }

    /// <summary>Reads to the end, the limit, or until it is cancelled; none of them throws.</summary>
    internal async Task ReadAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                if (_length == _bytes.Length)
                {
                    Array.Resize(ref _bytes, (int)Math.Min(Math.Max(FirstBytes, _bytes.Length * 2L), Array.MaxLength));
                }

                var count = await stream.ReadAsync(_bytes.AsMemory(_length), cancellation).ConfigureAwait(false);
                if (count == 0)
                {
                    return;
                }

                Volatile.Write(ref _length, _length + count);
                if (_length > _limit)
                {
                    Flooded = true;
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // A child that the program left behind holds the stream open: what came so far is what the program wrote.
        }
    }

    internal byte[] ToArray() => _bytes.AsSpan(0, (int)Math.Min(_length, _limit)).ToArray();
}
