using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace HpcRuntime.Tests;

/// <summary>Which namespaces the code of each namespace uses, read from a compiled assembly: bases, interfaces, fields, signatures, constraints, attributes and method bodies.</summary>
internal sealed class References
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields().Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => (int)(ushort)o.Value);

    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly Namespaces _namespaces;

    private References(PEReader image)
    {
        _image = image;
        _metadata = image.GetMetadataReader();
        _namespaces = new Namespaces(_metadata);
    }

    /// <summary>For each namespace of the assembly, the namespaces that its types use.</summary>
    public static Dictionary<string, HashSet<string>> ByNamespace(string assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        var references = new References(image);
        var result = new Dictionary<string, HashSet<string>>();
        foreach (var handle in references._metadata.TypeDefinitions)
        {
            var room = references._namespaces.Of(handle);
            if (!result.TryGetValue(room, out var seen))
            {
                result.Add(room, seen = []);
            }

            seen.UnionWith(references.OfType(references._metadata.GetTypeDefinition(handle)));
        }

        return result;
    }

    private List<string> OfType(TypeDefinition type)
    {
        List<string> seen = [.. _namespaces.OfAny(type.BaseType), .. Attributes(type.GetCustomAttributes()), .. Constraints(type.GetGenericParameters())];
        seen.AddRange(type.GetInterfaceImplementations().SelectMany(i => _namespaces.OfAny(_metadata.GetInterfaceImplementation(i).Interface)));
        foreach (var handle in type.GetFields())
        {
            var field = _metadata.GetFieldDefinition(handle);
            seen.AddRange([.. field.DecodeSignature(_namespaces, null), .. Attributes(field.GetCustomAttributes())]);
        }

        foreach (var handle in type.GetProperties())
        {
            seen.AddRange(Attributes(_metadata.GetPropertyDefinition(handle).GetCustomAttributes()));
        }

        foreach (var handle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(handle);
            seen.AddRange([.. Namespaces.OfSignature(method.DecodeSignature(_namespaces, null)), .. Attributes(method.GetCustomAttributes()), .. Constraints(method.GetGenericParameters())]);
            seen.AddRange(method.GetParameters().SelectMany(p => Attributes(_metadata.GetParameter(p).GetCustomAttributes())));
            if (method.RelativeVirtualAddress != 0)
            {
                seen.AddRange(OfBody(_image.GetMethodBody(method.RelativeVirtualAddress)));
            }
        }

        return seen;
    }

    private IEnumerable<string> Attributes(CustomAttributeHandleCollection attributes) => attributes.SelectMany(a => _namespaces.OfAny(_metadata.GetCustomAttribute(a).Constructor));

    private IEnumerable<string> Constraints(GenericParameterHandleCollection parameters) =>
        parameters.SelectMany(p => _metadata.GetGenericParameter(p).GetConstraints()).SelectMany(c => _namespaces.OfAny(_metadata.GetGenericParameterConstraint(c).Type));

    private List<string> OfBody(MethodBodyBlock body)
    {
        var seen = new List<string>();
        if (!body.LocalSignature.IsNil)
        {
            seen.AddRange(_metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_namespaces, null).SelectMany(l => l));
        }

        seen.AddRange(body.ExceptionRegions.SelectMany(r => _namespaces.OfAny(r.CatchType)));
        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            var first = code.ReadByte();
            var operation = OpCodesByValue[first == 0xFE ? 0xFE00 | code.ReadByte() : first];
            if (operation.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineSig)
            {
                seen.AddRange(_namespaces.OfAny(MetadataTokens.EntityHandle(code.ReadInt32())));
            }
            else
            {
                code.Offset += Length(operation.OperandType, code);
            }
        }

        return seen;
    }

    private static int Length(OperandType operand, BlobReader code) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * code.ReadInt32()),
        _ => 4,
    };
}
