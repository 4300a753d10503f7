using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Wire.Codecs;

namespace HpcRuntime.Wire;

/// <summary>The types that a sender names by number. Only ever grows, so that bytes written with it stay valid for every receiver that has had its definitions. Thread-safe.</summary>
[CannotTravel("it belongs to the messages of one rank")]
public sealed class SentTypes
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Type, int> _ids = new();
    private readonly List<byte[]> _definitions = [];
    private readonly WireWriter _scratch;

    // By the codec's index: its id plus 1, 0 where it has none yet. Replaced, never changed in place, except for entries going from 0 to their value.
    private volatile int[] _byCodec = new int[64];
    private volatile int _count;

    /// <summary>An empty table.</summary>
    public SentTypes() => _scratch = new WireWriter(this);

    /// <summary>How many definitions there are. A message's types are defined once those up to this count, read after the message was written, are known to its receiver.</summary>
    public int Count => _count;

    /// <summary>Writes the definitions from number <paramref name="from"/> to the last.</summary>
    public void WriteDefinitions(WireWriter writer, int from)
    {
        ArgumentNullException.ThrowIfNull(writer);
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(from);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(from, _definitions.Count);
            writer.WriteVarUInt((ulong)from);
            writer.WriteVarUInt((ulong)(_definitions.Count - from));
            for (var i = from; i < _definitions.Count; i++)
            {
                writer.WriteBytes(_definitions[i]);
            }
        }
    }

    /// <summary>Writes the definitions from number <paramref name="from"/> on and returns how many the receiver then knows. Takes no lock where there is nothing new.</summary>
    public int WriteDefinitionsSince(WireWriter writer, int from)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var count = _count;
        if (count == from)
        {
            writer.WriteVarUInt((ulong)from);
            writer.WriteByte(0);
        }
        else
        {
            // More may be defined meanwhile; they are then written twice, which receivers allow.
            WriteDefinitions(writer, from);
        }

        return count;
    }

    /// <summary>The part of a type that may not be named; null when all of it may.</summary>
    internal static Type? Unnamed(Type type)
    {
        if (FixedTypes.IdOf(type) >= 0)
        {
            return null;
        }

        if (type.IsArray)
        {
            return Unnamed(type.GetElementType()!);
        }

        if (type.IsConstructedGenericType)
        {
            return Unnamed(type.GetGenericTypeDefinition()) ?? type.GetGenericArguments().Select(Unnamed).FirstOrDefault(argument => argument is not null);
        }

        return WireTypePolicy.MayBeNamed(type) ? null : type;
    }

    internal int IdOf(Codec codec)
    {
        var ids = _byCodec;
        var index = codec.Index;
        if ((uint)index < (uint)ids.Length && ids[index] != 0)
        {
            return ids[index] - 1;
        }

        return Remember(codec);
    }

    internal int IdOf(Type type)
    {
        var known = FixedTypes.IdOf(type);
        return known >= 0 ? known : _ids.TryGetValue(type, out var id) ? id : Define(type);
    }

    private int Remember(Codec codec)
    {
        var id = IdOf(codec.Type);
        lock (_lock)
        {
            var ids = _byCodec;
            if (codec.Index >= ids.Length)
            {
                Array.Resize(ref ids, Math.Max(2 * ids.Length, codec.Index + 1));
                _byCodec = ids;
            }

            Volatile.Write(ref ids[codec.Index], id + 1);
        }

        return id;
    }

    private int Define(Type type)
    {
        lock (_lock)
        {
            if (_ids.TryGetValue(type, out var known))
            {
                return known;
            }

            if (Unnamed(type) is { } unnamed)
            {
                throw Refusals.Of(type, $"{TypeNames.Of(unnamed)} may not be named in a message");
            }

            // Parts first: their numbers are lower than the whole's.
            if (type.IsArray)
            {
                var element = IdOf(type.GetElementType()!);
                _scratch.Clear();
                _scratch.WriteByte((byte)TypeDefinitionKind.Array);
                _scratch.WriteByte(type.IsSZArray ? (byte)0 : (byte)type.GetArrayRank());
                _scratch.WriteVarUInt((ulong)element);
            }
            else if (type.IsConstructedGenericType)
            {
                var open = IdOf(type.GetGenericTypeDefinition());
                var arguments = Array.ConvertAll(type.GetGenericArguments(), IdOf);
                _scratch.Clear();
                _scratch.WriteByte((byte)TypeDefinitionKind.Constructed);
                _scratch.WriteVarUInt((ulong)open);
                _scratch.WriteVarUInt((ulong)arguments.Length);
                foreach (var argument in arguments)
                {
                    _scratch.WriteVarUInt((ulong)argument);
                }
            }
            else
            {
                WriteName(type);
            }

            var id = FixedTypes.Count + _definitions.Count;
            _definitions.Add(_scratch.WrittenSpan.ToArray());
            _count = _definitions.Count;
            _ids[type] = id;
            return id;
        }
    }

    private void WriteName(Type type)
    {
        _scratch.Clear();
        var framework = Frameworks.Contains(type);
        _scratch.WriteByte((byte)(framework ? TypeDefinitionKind.Framework : TypeDefinitionKind.Application));
        _scratch.WriteString(type.Assembly.GetName().Name);
        if (!framework)
        {
            _scratch.WriteRaw(type.Module.ModuleVersionId);
        }

        _scratch.WriteString(type.FullName);
    }
}
