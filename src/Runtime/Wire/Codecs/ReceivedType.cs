using System;
using System.Globalization;

namespace HpcRuntime.Wire.Codecs;

/// <summary>What the receiver knows of one type. Resolved when first used, so that a type that is missing here fails the objects that use it and nothing else.</summary>
internal sealed class ReceivedType
{
    private const int MostNodes = 200;
    private const int MostDepth = 24;

    private Type? _type;
    private Codec? _codec;

    public ReceivedType(Type known) => _type = known;

    private ReceivedType(TypeDefinitionKind kind, string assembly, Guid moduleVersionId, string name)
    {
        Kind = kind;
        AssemblyName = assembly;
        ModuleVersionId = moduleVersionId;
        Name = name;
    }

    private ReceivedType(TypeDefinitionKind kind, ReceivedType[] parts, int rank)
    {
        Kind = kind;
        Parts = parts;
        Rank = rank;
        foreach (var part in parts)
        {
            Nodes += part.Nodes;
            Depth = Math.Max(Depth, part.Depth + 1);
        }
    }

    private TypeDefinitionKind Kind { get; }

    private string AssemblyName { get; } = "";

    private Guid ModuleVersionId { get; }

    private string Name { get; } = "";

    private ReceivedType[] Parts { get; } = [];

    private int Rank { get; }

    private int Nodes { get; } = 1;

    private int Depth { get; }

    public static ReceivedType Read(WireReader reader, Func<ulong, ReceivedType> known)
    {
        var kind = (TypeDefinitionKind)reader.ReadByte();
        switch (kind)
        {
            case TypeDefinitionKind.Application:
            case TypeDefinitionKind.Framework:
                var assembly = reader.ReadString() ?? throw reader.Malformed("the name of an assembly");
                var id = kind == TypeDefinitionKind.Application ? reader.ReadRaw<Guid>() : default;
                return new ReceivedType(kind, assembly, id, reader.ReadString() ?? throw reader.Malformed("the name of a type"));
            case TypeDefinitionKind.Constructed:
                var open = known(reader.ReadVarUInt());
                var parts = new ReceivedType[1 + reader.ReadCount(1)];
                parts[0] = open;
                for (var i = 1; i < parts.Length; i++)
                {
                    parts[i] = known(reader.ReadVarUInt());
                }

                return Checked(reader, new ReceivedType(kind, parts, 0));
            case TypeDefinitionKind.Array:
                var rank = reader.ReadByte();
                return rank is 1 or > 32 ? throw reader.Malformed("the rank of an array") : Checked(reader, new ReceivedType(kind, [known(reader.ReadVarUInt())], rank));
            default:
                throw reader.Malformed("the definition of a type");
        }
    }

    public Type Resolve(WireTypePolicy policy, string peer) => _type ??= Make(policy, peer);

    public Codec ResolveCodec(WireTypePolicy policy, string peer) => _codec ??= CodecTable.Of(Resolve(policy, peer));

    private static ReceivedType Checked(WireReader reader, ReceivedType type) =>
        type is { Nodes: <= MostNodes, Depth: <= MostDepth } ? type : throw reader.Malformed(string.Create(CultureInfo.InvariantCulture, $"a type of at most {MostNodes} parts, {MostDepth} deep"));

    private Type Make(WireTypePolicy policy, string peer)
    {
        switch (Kind)
        {
            case TypeDefinitionKind.Application:
                return policy.Resolve(AssemblyName, ModuleVersionId, Name, peer);
            case TypeDefinitionKind.Framework:
                return WireTypePolicy.ResolveFramework(AssemblyName, Name, peer);
        }

        var parts = Array.ConvertAll(Parts, part => part.Resolve(policy, peer));
        try
        {
            if (Kind == TypeDefinitionKind.Constructed)
            {
                return parts[0].MakeGenericType(parts[1..]);
            }

            if (parts[0].ContainsGenericParameters)
            {
                throw new WireFormatException($"A message from {peer} does not decode: it names an array of the open type {TypeNames.Of(parts[0])}.");
            }

            return Rank == 0 ? parts[0].MakeArrayType() : parts[0].MakeArrayType(Rank);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException or TypeLoadException)
        {
            throw new WireFormatException($"A message from {peer} does not decode: it names a type that cannot exist, made of {TypeNames.Of(parts[0])}.", exception);
        }
    }
}
