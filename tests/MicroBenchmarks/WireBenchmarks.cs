using System.Collections.Generic;
using System.Linq;
using BenchmarkDotNet.Attributes;
using HpcRuntime.Wire;

namespace HpcRuntime.MicroBenchmarks;

/// <summary>Writing an object and reading it back, by its type; the definitions of types travelled before.</summary>
/// <remarks>The class holds one int; the record a string, a double and an int[16]; the string 20 characters; the dictionary 100 ints by string; each node of the chain an int and the next node.</remarks>
[MemoryDiagnoser]
public class WireBenchmarks
{
    private static readonly Dictionary<string, object> Values = new()
    {
        ["int"] = 42,
        ["class"] = new OneInt(42),
        ["record of three"] = new Sample("sample", 0.5, new int[16]),
        ["string"] = new string('x', 20),
        ["double[1000]"] = new double[1000],
        ["100 strings"] = Enumerable.Range(0, 100).Select(i => $"string {i}").ToList(),
        ["100 ints by string"] = Enumerable.Range(0, 100).ToDictionary(i => $"key {i}"),
        ["chain of 100"] = Node.Chain(100),
    };

    private readonly SentTypes _types = new();
    private WireWriter _writer = null!;
    private WireReader _reader = null!;
    private object _value = null!;
    private byte[] _bytes = [];

    public static IEnumerable<string> Kinds => Values.Keys;

    [ParamsSource(nameof(Kinds))]
    public string Kind { get; set; } = string.Empty;

    [GlobalSetup]
    public void Prepare()
    {
        _writer = new WireWriter(_types);
        var received = new ReceivedTypes(WireTypePolicy.ForApplication(), "this benchmark");
        _reader = new WireReader(received);
        _value = Values[Kind];
        WireSerializer.Default.Write(_writer, _value);
        _bytes = _writer.WrittenSpan.ToArray();
        _writer.Clear();
        _types.WriteDefinitions(_writer, 0);
        var definitions = _writer.WrittenSpan.ToArray();
        _reader.Reset(definitions, 0, definitions.Length, WireBlockSource.None);
        received.ReadDefinitions(_reader);
    }

    [Benchmark]
    public int Write()
    {
        _writer.Clear();
        WireSerializer.Default.Write(_writer, _value);
        return _writer.Position;
    }

    [Benchmark]
    public object? Read()
    {
        _reader.Reset(_bytes, 0, _bytes.Length, WireBlockSource.None);
        return WireSerializer.Default.Read(_reader);
    }

    private sealed record OneInt(int Value);

    private sealed record Sample(string Name, double Weight, int[] Counts);

    private sealed class Node
    {
        public int Number { get; init; }

        public Node? Next { get; init; }

        internal static Node Chain(int length)
        {
            Node? first = null;
            for (var i = 0; i < length; i++)
            {
                first = new Node { Number = i, Next = first };
            }

            return first!;
        }
    }
}
