using System;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Threading;
using HpcRuntime.DataParallel;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>A search that ends at the first hit, wherever it comes from: leaving the loop cancels what has not ended.</summary>
[Application("md5-search", "Finds the number whose decimal digits have a given MD5 hash, and cancels the rest of the search at the hit.")]
public sealed class Md5SearchApplication : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (!Arguments.TryParse<Md5SearchOptions>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var hash = Convert.FromHexString(options.Hash);
        var results = processor.MapUnordered(
            Parts.Of(1, options.Last, options.Parts),
            (part, slave) => Search(hash, part.First, part.Last, slave.Cancellation),
            new MapOptions { ChunkSize = 1 });
        foreach (var result in results)
        {
            if (result.Value is { } number)
            {
                Console.WriteLine($"{options.Hash} is the hash of {number}");
                return ExitCodes.Success;
            }
        }

        Console.WriteLine($"{options.Hash} is the hash of no number from 1 to {options.Last}");
        return ExitCodes.Failed;
    }

    /// <summary>The number from <paramref name="first"/> to <paramref name="last"/> whose digits have this hash; null when there is none.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants to know any more.</exception>
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "That it is broken is what the example shows.")]
    internal static int? Search(byte[] hash, int first, int last, CancellationToken cancellation)
    {
        Span<byte> digits = stackalloc byte[16];
        Span<byte> found = stackalloc byte[MD5.HashSizeInBytes];
        for (var number = first; number <= last; number++)
        {
            if (number % 1024 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            number.TryFormat(digits, out var length);
            MD5.HashData(digits[..length], found);
            if (found.SequenceEqual(hash))
            {
                return number;
            }
        }

        return null;
    }
}
