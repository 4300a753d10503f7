using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace HpcRuntime.DataParallel;

/// <summary>Reads the intermediate code of methods, and of what they reach among the methods that the compiler made, for the fields that they touch.</summary>
internal sealed class CompiledCode
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly HashSet<MethodBase> _methods = [];
    private readonly HashSet<Type> _types = [];

    /// <summary>The fields touched, by the definition of their type and their name.</summary>
    internal HashSet<(Type Type, string Name)> Fields { get; } = [];

    internal static (Type Type, string Name) KeyOf(FieldInfo field)
    {
        var type = field.DeclaringType!;
        return (type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type, field.Name);
    }

    /// <summary>Reads a method and what it reaches.</summary>
    internal void Add(MethodBase method)
    {
        var definition = method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : method;
        if (!_methods.Add(definition) || method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            return;
        }

        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (var token in Tokens(code))
        {
            Reach(method.Module.ResolveMember(token, typeArguments, methodArguments));
        }
    }

    private void Reach(MemberInfo? member)
    {
        switch (member)
        {
            case FieldInfo field:
                Fields.Add(KeyOf(field));
                AddType(field.DeclaringType);
                break;
            case MethodBase called:
                if (called.IsGenericMethod)
                {
                    Array.ForEach(called.GetGenericArguments(), AddType); // AsyncTaskMethodBuilder.Start<TheStateMachine>.
                }

                if (IsCompilers(called.DeclaringType) || called.IsDefined(typeof(CompilerGeneratedAttribute), false))
                {
                    Add(called);
                }

                AddType(called.DeclaringType);
                break;
            case Type type:
                AddType(type);
                break;
        }
    }

    /// <summary>The methods of a state machine are the body of an asynchronous function or iterator: all of them are reached.</summary>
    private void AddType(Type? type)
    {
        if (type is null || !IsCompilers(type) || type.Name.StartsWith("<>c", StringComparison.Ordinal))
        {
            return;
        }

        var definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        if (_types.Add(definition))
        {
            Array.ForEach(definition.GetMethods(Declared), Add);
        }
    }

    /// <summary>Within a type that the compiler made it marks no further types: the state machine of a lambda, say.</summary>
    private static bool IsCompilers(Type? type) => type is not null && (type.IsDefined(typeof(CompilerGeneratedAttribute), false) || IsCompilers(type.DeclaringType));

    /// <summary>The metadata tokens of fields, methods and types in a body (ECMA-335, III.1.2 and VI.C).</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE)
            {
                value = unchecked((short)(0xFE00 | code[at++]));
            }

            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at));
            }

            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at))),
                _ => 4,
            };
        }
    }
}
