using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Reflection;

namespace HpcRuntime.Wire.Codecs;

/// <summary>Which types travel as raw memory.</summary>
internal static class Blittable
{
    private static readonly HashSet<Type> SafeStructs =
    [
        typeof(Half), typeof(Int128), typeof(UInt128), typeof(Complex), typeof(Guid), typeof(TimeSpan), typeof(Index), typeof(Range),
        typeof(Vector2), typeof(Vector3), typeof(Vector4), typeof(Quaternion), typeof(Plane), typeof(Matrix3x2), typeof(Matrix4x4),
    ];

    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    /// <summary>True when any bits are a value of the type and it holds no reference.</summary>
    public static bool IsSafe(Type type) => Known.GetOrAdd(type, Judge);

    /// <summary>True when an array of the type is one piece of memory. Not every bit pattern need be a value: <see cref="BlittableArrayCodec{T}"/> looks.</summary>
    public static bool IsElement(Type type) => IsSafe(type) || type == typeof(decimal) || type == typeof(DateTime);

    private static bool Judge(Type type)
    {
        if (!type.IsValueType || type == typeof(nint) || type == typeof(nuint) || type.IsByRefLike || type.ContainsGenericParameters || type == typeof(void))
        {
            return false;
        }

        if (type.IsPrimitive || type.IsEnum || SafeStructs.Contains(type))
        {
            return true;
        }

        // An automatic layout may differ between builds of the runtime.
        if (type.IsAutoLayout || Frameworks.Contains(type) || type.IsDefined(typeof(CannotTravelAttribute)) || (type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(Lent<>)))
        {
            return false;
        }

        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        return fields.All(field => !field.IsDefined(typeof(NonSerializedAttribute), false) && !field.FieldType.IsPointer && !field.FieldType.IsFunctionPointer && IsSafe(field.FieldType));
    }
}
