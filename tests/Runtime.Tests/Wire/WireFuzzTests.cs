using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using System.Numerics;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

/// <summary>Bytes that are not what a writer wrote: they decode to something or give a WireFormatException, in bounded time and memory.</summary>
public sealed class WireFuzzTests
{
    private const long Seed = 20240229;

    [Test]
    public void Mutated_truncated_and_random_bytes_give_a_WireFormatException_or_a_value()
    {
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new RandomStream(Seed, 1, 0);
        var pair = new WirePair(64);
        var corpus = Corpus().Select(value => Written(pair, value)).ToArray();
        pair.Define();
        var decoded = 0;
        var refused = 0;
        var watch = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 250_000; i++)
        {
            var (bytes, blocks) = corpus[random.Next(corpus.Length)];
            var mutant = Mutate(random, bytes, corpus);
            var before = GC.GetAllocatedBytesForCurrentThread();
            pair.Reader.Reset(mutant, 0, mutant.Length, new BlocksOf(blocks));
            try
            {
                WireSerializer.Default.Read(pair.Reader);
                decoded++;
            }
            catch (WireFormatException)
            {
                refused++;
            }

            // The first naming of a type makes its codec; beyond that the bytes must justify what is allocated.
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4_000_000), () => $"input {i}: {Convert.ToHexString(mutant)}");
        }

        TestContext.Out.WriteLine($"{decoded} decoded, {refused} refused, {watch.Elapsed.TotalSeconds:0.0} s, {(GC.GetAllocatedBytesForCurrentThread() - allocated) >> 20} MiB allocated");
        Assert.That(refused, Is.GreaterThan(50_000));
        Assert.That(decoded, Is.GreaterThan(10_000), "mutations that only change values still decode");
    }

    [Test]
    public void Mutated_definitions_give_a_WireFormatException_or_types_the_policy_allows()
    {
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new RandomStream(Seed, 2, 0);
        var sent = new SentTypes();
        var writer = new WireWriter(sent);
        WireSerializer.Default.Write(writer, new object[] { new Node(), new Shape<int>(1), new List<Node>(), new Dictionary<Node, int[,]>(), (1, "a", 2.0), new Func<int>(() => 1) });
        var message = writer.WrittenSpan.ToArray();
        writer.Clear();
        sent.WriteDefinitions(writer, 0);
        var definitions = writer.WrittenSpan.ToArray();
        var policy = WireTypePolicy.ForApplication();
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var received = new ReceivedTypes(policy, "a fuzzer");
            var reader = new WireReader(received);
            try
            {
                var mutant = Mutate(random, definitions, [(definitions, [])]);
                reader.Reset(mutant, 0, mutant.Length, WireBlockSource.None);
                received.ReadDefinitions(reader);
                reader.Reset(message, 0, message.Length, WireBlockSource.None);
                WireSerializer.Default.Read(reader);
            }
            catch (WireFormatException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(5_000));
    }

    [Test]
    public void Nested_arrays_cannot_claim_the_same_bytes_twice()
    {
        // object[n] whose first element is object[n - 3] whose first element ...: each claims all bytes that remain.
        const int Length = 1_000_000;
        var bytes = new byte[Length];
        var pair = new WirePair();
        WireSerializer.Default.Write(pair.Writer, Array.Empty<object>());
        pair.Define();
        var tag = pair.Writer.WrittenSpan[..^1].ToArray();
        var writer = new WireWriter(pair.Sent);
        for (var depth = 0; depth < 400; depth++)
        {
            writer.WriteBytes(tag);
            writer.WriteVarUInt((ulong)(Length - writer.Position - 10));
        }

        writer.WrittenSpan.CopyTo(bytes);
        pair.Reader.Reset(bytes, 0, bytes.Length, WireBlockSource.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WireFormatException>(() => WireSerializer.Default.Read(pair.Reader));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(20_000_000));
    }

    private static (byte[] Bytes, WireBlock[] Blocks) Written(WirePair pair, object value)
    {
        pair.Writer.Clear();
        WireSerializer.Default.Write(pair.Writer, value);
        return (pair.Writer.WrittenSpan.ToArray(), pair.Writer.Blocks.ToArray());
    }

    private static byte[] Mutate(RandomStream random, byte[] bytes, (byte[] Bytes, WireBlock[] Blocks)[] corpus)
    {
        switch (random.Next(10))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                var noise = new byte[random.Next(64)];
                random.NextBytes(noise);
                return noise;
            case 2:
                var other = corpus[random.Next(corpus.Length)].Bytes;
                return [.. bytes[..random.Next(bytes.Length)], .. other[random.Next(other.Length)..]];
            case 3:
                var at = random.Next(bytes.Length);
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
            case 4:
                var start = random.Next(bytes.Length);
                var end = start + random.Next(bytes.Length - start);
                return [.. bytes[..end], .. bytes[start..]];
            default:
                var copy = (byte[])bytes.Clone();
                for (var i = random.Next(4); i >= 0; i--)
                {
                    copy[random.Next(copy.Length)] = random.Next(3) switch { 0 => (byte)random.Next(8), 1 => (byte)random.Next(128), _ => (byte)random.Next(256) };
                }

                return copy;
        }
    }

    private static IEnumerable<object> Corpus()
    {
        var node = new Node { Value = 1, Name = "loop", Weights = [1, 2, 3] };
        node.Next = new Node { Next = node, Children = [node] };
        var captured = 5;
        Node? chain = null;
        for (var i = 0; i < 150; i++)
        {
            chain = new Node { Next = chain, Value = i };
        }

        yield return 5;
        yield return "some text Ω";
        yield return node;
        yield return chain!;
        yield return new double[] { 1, 2, 3 };
        yield return new double[50];
        yield return new decimal[20];
        yield return new int[4, 5];
        yield return new int[8, 9, 2];
        yield return new object[] { 1, "a", null!, node, new Shape<string>("x"), DayOfWeek.Friday, 1.5m, typeof(int) };
        yield return new List<Node?> { node, null, node };
        yield return new List<int> { 1, 2, 3 };
        yield return new Dictionary<string, List<double>> { ["a"] = [1], ["b"] = [] };
        yield return new Dictionary<Shape<int>, Node>(10) { [new(1)] = node, [new(2)] = node };
        yield return new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a", "B" };
        yield return new SortedDictionary<int, string> { [1] = "a", [2] = "b" };
        yield return new PriorityQueue<string, int>([("a", 1), ("b", 2)]);
        yield return ImmutableDictionary<string, int>.Empty.Add("a", 1);
        yield return ImmutableArray.Create("a", "b");
        yield return (1, "two", 3.0, (Node?)null, new DateOnly(2000, 1, 1), new TimeOnly(1), BigInteger.Pow(3, 100));
        yield return new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.FromHours(2));
        yield return new Uri("https://example.org/");
        yield return new Version(1, 2);
        yield return System.Globalization.CultureInfo.InvariantCulture;
        yield return new Func<int, int>(x => x + captured);
        yield return (Action)(() => captured++) + (() => captured--);
        yield return new Func<double, double>(Math.Sqrt);
        yield return new Memory<byte>([1, 2, 3], 1, 2);
        yield return new Lent<double[]>([1, 2]);
        yield return new Stack<object>([1, "a"]);
        yield return new[] { new[] { 1 }, [2, 3] };
        yield return new DateTime[] { new(5), new(6) };
        yield return new RandomStream(1, 1, 1);
        yield return new Optional { A = 1, B = 2.5, C = DateTime.UnixEpoch };
    }

    private sealed class Node
    {
        public int Value;
        public string? Name;
        public Node? Next;
        public double[]? Weights;
        public List<Node>? Children;
    }

    private sealed record Shape<T>(T Value);

    private struct Optional
    {
        public int? A;
        public double? B;
        public DateTime? C;
    }
}
