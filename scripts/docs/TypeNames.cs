using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

namespace HpcRuntime.Docs;

/// <summary>Types and constants as C# writes them, without namespaces.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>The name with its type arguments; with question marks where <paramref name="nullability"/> tells of them.</summary>
    public static string Of(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, nullability) + "?";
        }

        // Of a bare type parameter nobody can tell: its own question mark is not in the metadata that reflection reads.
        var mark = !type.IsValueType && !type.IsGenericParameter && (nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable }) ? "?" : string.Empty;
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (type.IsPointer)
        {
            return Of(type.GetElementType()!) + "*";
        }

        if (ExtensionBlocks.ReceiverOf(type) is { } receiver)
        {
            return $"{Of(type.DeclaringType!)} on {Of(receiver.GetParameters()[0].ParameterType)}";
        }

        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword + mark;
        }

        if (!type.IsGenericType)
        {
            return (type.IsNested && !type.IsGenericParameter ? Of(type.DeclaringType!) + "." : string.Empty) + type.Name + mark;
        }

        var arguments = type.GetGenericArguments().Select((argument, i) => Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(i))).ToArray();
        if (type.Namespace == "System" && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal))
        {
            return $"({string.Join(", ", arguments)})";
        }

        // A type nested in a generic one repeats the arguments of its owner: only its own are shown.
        var inherited = type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0;
        var own = arguments.Skip(inherited).ToArray();
        var owner = type.IsNested ? Of(type.DeclaringType!) + "." : string.Empty;
        return owner + Plain(type) + (own.Length > 0 ? $"<{string.Join(", ", own)}>" : string.Empty) + mark;
    }

    /// <summary>The name without type arguments and their count.</summary>
    public static string Plain(Type type)
    {
        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? type.Name : type.Name[..tick];
    }

    /// <summary>A constant of the given type.</summary>
    public static string Constant(object? value, Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null => bare.IsValueType && bare == type ? "default" : "null",
            string text => $"\"{text}\"",
            char character => $"'{character}'",
            bool truth => truth ? "true" : "false",
            _ when bare.IsEnum => EnumConstant(value, bare),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
    }

    private static string EnumConstant(object value, Type type) =>
        Enum.GetName(type, value) is { } name ? $"{Of(type)}.{name}" : $"({Of(type)}){Convert.ToInt64(value, CultureInfo.InvariantCulture)}";
}
