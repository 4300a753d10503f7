using System;
using System.Linq;

namespace HpcRuntime.Wire.Codecs;

/// <summary>Types as people write them.</summary>
internal static class TypeNames
{
    /// <summary>With its namespace: <c>System.Collections.Generic.List&lt;System.Int32&gt;</c>.</summary>
    public static string Of(Type type) => Of(type, 0, true);

    /// <summary>Without, and without the types around it: <c>List&lt;Int32&gt;</c>.</summary>
    public static string Short(Type type) => Of(type, 0, false);

    private static string Of(Type type, int depth, bool full)
    {
        if (type.IsArray)
        {
            return Of(type.GetElementType()!, depth, full) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        }

        var name = full && type.IsNested && !type.IsGenericParameter ? type.DeclaringType!.Name + "." + type.Name : type.Name;
        if (full && type.Namespace is { } space)
        {
            name = space + "." + name;
        }

        if (!type.IsGenericType)
        {
            return name;
        }

        // Corrupt definitions can nest types until their names are endless.
        var arguments = depth > 4 ? "..." : string.Join(", ", type.GetGenericArguments().Select(argument => Of(argument, depth + 1, full)));
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return (tick < 0 ? name : name[..tick]) + "<" + arguments + ">";
    }
}
