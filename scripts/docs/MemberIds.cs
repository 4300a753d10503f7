using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace HpcRuntime.Docs;

/// <summary>The identifiers under which the compiler files <c>///</c> comments (C# standard, annex D.4.2).</summary>
internal static class MemberIds
{
    /// <summary>The identifier of a type or member.</summary>
    public static string Of(MemberInfo member) => member switch
    {
        Type type => "T:" + Name(type),
        ConstructorInfo constructor => $"M:{Name(constructor.DeclaringType!)}.{(constructor.IsStatic ? "#cctor" : "#ctor")}{Parameters(constructor.GetParameters())}",
        MethodInfo method => $"M:{Name(method.DeclaringType!)}.{method.Name.Replace('.', '#')}{(method.IsGenericMethod ? "``" + method.GetGenericArguments().Length : string.Empty)}{Parameters(method.GetParameters())}{Conversion(method)}",
        PropertyInfo property => $"P:{Name(property.DeclaringType!)}.{property.Name}{Parameters(property.GetIndexParameters())}",
        FieldInfo field => $"F:{Name(field.DeclaringType!)}.{field.Name}",
        EventInfo happening => $"E:{Name(happening.DeclaringType!)}.{happening.Name}",
        _ => throw new NotSupportedException($"No identifier for {member.MemberType} {member.Name}."),
    };

    private static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string Conversion(MethodInfo method) => method.Name is "op_Implicit" or "op_Explicit" ? "~" + Argument(method.ReturnType) : string.Empty;

    private static string Parameters(ParameterInfo[] parameters) => parameters.Length == 0 ? string.Empty : $"({string.Join(",", parameters.Select(p => Argument(p.ParameterType)))})";

    private static string Argument(Type type)
    {
        if (type.IsByRef)
        {
            return Argument(type.GetElementType()!) + "@";
        }

        if (type.IsPointer)
        {
            return Argument(type.GetElementType()!) + "*";
        }

        if (type.IsArray)
        {
            var rank = type.GetArrayRank();
            return Argument(type.GetElementType()!) + (rank == 1 ? "[]" : $"[{string.Join(",", Enumerable.Repeat("0:", rank))}]");
        }

        if (type.IsGenericParameter)
        {
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        }

        if (!type.IsGenericType)
        {
            return type.FullName!.Replace('+', '.');
        }

        // Each level of nesting shows the arguments it adds: Outer{A}.Inner{B}.
        var arguments = type.GetGenericArguments();
        var levels = new List<Type>();
        for (var level = type.GetGenericTypeDefinition(); level is not null; level = level.DeclaringType)
        {
            levels.Insert(0, level);
        }

        var taken = 0;
        var parts = levels.Select(level =>
        {
            var own = level.GetGenericArguments().Length - taken;
            var text = own > 0 ? $"{{{string.Join(",", arguments.Skip(taken).Take(own).Select(Argument))}}}" : string.Empty;
            taken += own;
            return TypeNames.Plain(level) + text;
        });
        return $"{type.Namespace}.{string.Join(".", parts)}";
    }
}
