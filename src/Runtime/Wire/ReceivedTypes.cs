using System;
using System.Collections.Generic;
using System.Globalization;
using HpcRuntime.Wire.Codecs;

namespace HpcRuntime.Wire;

/// <summary>The types that one sender has defined, by their numbers. Belongs to one receiver of one peer; used by one thread at a time.</summary>
[CannotTravel("it belongs to the messages of one rank")]
public sealed class ReceivedTypes
{
    private static readonly Codec?[] FixedCodecs = new Codec?[FixedTypes.Count];

    private readonly List<ReceivedType> _types = [];
    private readonly WireTypePolicy _policy;

    /// <summary>A table without definitions.</summary>
    /// <param name="policy">Which types may be named.</param>
    /// <param name="peer">The sender in words for error messages, such as <c>rank 3 on host node07</c>.</param>
    public ReceivedTypes(WireTypePolicy policy, string peer)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(peer);
        _policy = policy;
        Peer = peer;
    }

    /// <summary>Definitions received so far.</summary>
    public int Count => _types.Count;

    internal string Peer { get; }

    /// <summary>Takes in what <see cref="SentTypes.WriteDefinitions"/> wrote. Definitions that are known already are passed over.</summary>
    /// <exception cref="WireFormatException">The bytes do not decode, or leave out definitions.</exception>
    public void ReadDefinitions(WireReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var from = reader.ReadVarUInt();
        if (from > (ulong)_types.Count)
        {
            throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"{Peer} defines type {from} where type {_types.Count} is due."));
        }

        var count = reader.ReadCount(2);
        for (var i = 0; i < count; i++)
        {
            var definition = ReceivedType.Read(reader, Known);
            if (from + (ulong)i == (ulong)_types.Count)
            {
                _types.Add(definition);
            }
        }
    }

    internal Codec CodecAt(ulong id)
    {
        if (id < (ulong)FixedCodecs.Length)
        {
            return FixedCodecs[(int)id] ??= FixedCodec((int)id);
        }

        return Defined(id).ResolveCodec(_policy, Peer);
    }

    internal Type TypeAt(ulong id) => id < (ulong)FixedCodecs.Length ? FixedTypes.At((int)id) : Defined(id).Resolve(_policy, Peer);

    private static Codec FixedCodec(int id) => CodecTable.Of(FixedTypes.At(id));

    private ReceivedType Known(ulong id) => id < (ulong)FixedCodecs.Length ? new ReceivedType(FixedTypes.At((int)id)) : Defined(id);

    private ReceivedType Defined(ulong id)
    {
        var index = id - (ulong)FixedCodecs.Length;
        return index < (ulong)_types.Count
            ? _types[(int)index]
            : throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"A message from {Peer} does not decode: it names type {id}, which was never defined."));
    }
}
