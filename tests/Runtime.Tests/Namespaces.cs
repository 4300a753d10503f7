using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection.Metadata;

namespace HpcRuntime.Tests;

/// <summary>The namespaces named by a handle or signature of an assembly's metadata.</summary>
internal sealed class Namespaces(MetadataReader metadata) : ISignatureTypeProvider<IEnumerable<string>, object?>
{
    /// <summary>The namespace of a type; of its outermost owner where it is nested.</summary>
    public string Of(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } owner ? Of(owner) : metadata.GetString(type.Namespace);
    }

    /// <summary>The namespaces behind whatever a token in the code or a column of a table points to.</summary>
    public IEnumerable<string> OfAny(EntityHandle handle) => handle.IsNil ? [] : handle.Kind switch
    {
        HandleKind.TypeDefinition => [Of((TypeDefinitionHandle)handle)],
        HandleKind.TypeReference => [Of((TypeReferenceHandle)handle)],
        HandleKind.TypeSpecification => metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null),
        HandleKind.FieldDefinition => OfField(metadata.GetFieldDefinition((FieldDefinitionHandle)handle)),
        HandleKind.MethodDefinition => OfMethod(metadata.GetMethodDefinition((MethodDefinitionHandle)handle)),
        HandleKind.MemberReference => OfMember(metadata.GetMemberReference((MemberReferenceHandle)handle)),
        HandleKind.MethodSpecification => OfInstance(metadata.GetMethodSpecification((MethodSpecificationHandle)handle)),
        HandleKind.StandaloneSignature => OfSignature(metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(this, null)),
        _ => [],
    };

    /// <summary>The namespaces of what a method takes and returns.</summary>
    public static IEnumerable<string> OfSignature(MethodSignature<IEnumerable<string>> signature) => signature.ParameterTypes.SelectMany(p => p).Concat(signature.ReturnType);

    public IEnumerable<string> GetArrayType(IEnumerable<string> elementType, ArrayShape shape) => elementType;

    public IEnumerable<string> GetByReferenceType(IEnumerable<string> elementType) => elementType;

    public IEnumerable<string> GetFunctionPointerType(MethodSignature<IEnumerable<string>> signature) => OfSignature(signature);

    public IEnumerable<string> GetGenericInstantiation(IEnumerable<string> genericType, ImmutableArray<IEnumerable<string>> typeArguments) => genericType.Concat(typeArguments.SelectMany(a => a));

    public IEnumerable<string> GetGenericMethodParameter(object? genericContext, int index) => [];

    public IEnumerable<string> GetGenericTypeParameter(object? genericContext, int index) => [];

    public IEnumerable<string> GetModifiedType(IEnumerable<string> modifier, IEnumerable<string> unmodifiedType, bool isRequired) => modifier.Concat(unmodifiedType);

    public IEnumerable<string> GetPinnedType(IEnumerable<string> elementType) => elementType;

    public IEnumerable<string> GetPointerType(IEnumerable<string> elementType) => elementType;

    public IEnumerable<string> GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

    public IEnumerable<string> GetSZArrayType(IEnumerable<string> elementType) => elementType;

    public IEnumerable<string> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [Of(handle)];

    public IEnumerable<string> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [Of(handle)];

    public IEnumerable<string> GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => OfAny(handle);

    private string Of(TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return type.ResolutionScope is { IsNil: false, Kind: HandleKind.TypeReference } owner ? Of((TypeReferenceHandle)owner) : metadata.GetString(type.Namespace);
    }

    private IEnumerable<string> OfField(FieldDefinition field) => field.DecodeSignature(this, null).Append(Of(field.GetDeclaringType()));

    private IEnumerable<string> OfMethod(MethodDefinition method) => OfSignature(method.DecodeSignature(this, null)).Append(Of(method.GetDeclaringType()));

    private IEnumerable<string> OfMember(MemberReference member) =>
        OfAny(member.Parent).Concat(member.GetKind() == MemberReferenceKind.Field ? member.DecodeFieldSignature(this, null) : OfSignature(member.DecodeMethodSignature(this, null)));

    private IEnumerable<string> OfInstance(MethodSpecification method) => method.DecodeSignature(this, null).SelectMany(a => a).Concat(OfAny(method.Method));
}
