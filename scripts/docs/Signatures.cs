using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Docs;

/// <summary>Members as C# declares them, in one line.</summary>
internal static class Signatures
{
    /// <summary>The declaration of any member.</summary>
    public static string Of(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"{Access(constructor)} {TypeNames.Plain(constructor.DeclaringType!)}({Parameters(constructor)})",
        MethodInfo method => $"{Access(method)} {Manner(method)}{Returned(method)} {method.Name}{Generic(method)}({Parameters(method)}){(method.IsGenericMethod ? Constraints(method.GetGenericArguments()) : string.Empty)}",
        PropertyInfo property => Property(property),
        FieldInfo field => Field(field),
        EventInfo happening => $"{Access(happening.AddMethod!)} {Manner(happening.AddMethod!)}event {TypeNames.Of(happening.EventHandlerType!, new NullabilityInfoContext().Create(happening))} {happening.Name}",
        _ => throw new NotSupportedException($"No signature for {member.MemberType} {member.Name}."),
    };

    /// <summary>The parameter list, without its brackets.</summary>
    public static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : string.Empty;
        return extension + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    /// <summary>The type that a method returns.</summary>
    public static string Returned(MethodInfo method)
    {
        var reference = method.ReturnType.IsByRef ? method.ReturnParameter.IsDefined(typeof(IsReadOnlyAttribute)) ? "ref readonly " : "ref " : string.Empty;
        return reference + TypeNames.Of(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter));
    }

    /// <summary>The constraints of type parameters, each behind <c>where</c>; empty without any.</summary>
    public static string Constraints(IEnumerable<Type> parameters) => string.Concat(parameters.Where(p => p.IsGenericParameter).Select(p =>
    {
        var attributes = p.GenericParameterAttributes;
        var rules = new List<string>();
        if (p.CustomAttributes.Any(a => a.AttributeType.Name == "IsUnmanagedAttribute"))
        {
            rules.Add("unmanaged");
        }
        else if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            rules.Add("struct");
        }
        else if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            rules.Add("class");
        }

        rules.AddRange(p.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(c => TypeNames.Of(c)));
        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            rules.Add("new()");
        }

        return rules.Count > 0 ? $" where {p.Name} : {string.Join(", ", rules)}" : string.Empty;
    }));

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : string.Empty;

    private static string Parameter(ParameterInfo parameter)
    {
        var passing = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params "
            : !parameter.ParameterType.IsByRef ? string.Empty
            : parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.IsDefined(typeof(RequiresLocationAttribute)) ? "ref readonly " : "ref ";
        var initial = parameter.HasDefaultValue ? " = " + TypeNames.Constant(parameter.DefaultValue, parameter.ParameterType) : string.Empty;
        return $"{passing}{TypeNames.Of(parameter.ParameterType, new NullabilityInfoContext().Create(parameter))} {parameter.Name}{initial}";
    }

    private static string Property(PropertyInfo property)
    {
        var get = property.GetMethod is { } getter && IsVisible(getter) ? getter : null;
        var set = property.SetMethod is { } setter && IsVisible(setter) ? setter : null;
        var widest = get is { IsPublic: true } || set is null ? get! : set;
        var name = property.GetIndexParameters() is { Length: > 0 } ? $"this[{string.Join(", ", property.GetIndexParameters().Select(Parameter))}]" : property.Name;
        var type = (property.PropertyType.IsByRef ? "ref " : string.Empty) + TypeNames.Of(property.PropertyType, new NullabilityInfoContext().Create(property));
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : string.Empty;
        var accessors = string.Empty;
        if (get is not null)
        {
            accessors += Narrower(get, widest) + "get; ";
        }

        if (set is not null)
        {
            accessors += Narrower(set, widest) + (set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ");
        }

        return $"{Access(widest)} {Manner(widest)}{required}{type} {name} {{ {accessors}}}";
    }

    private static string Narrower(MethodInfo accessor, MethodInfo widest) => widest.IsPublic && !accessor.IsPublic ? "protected " : string.Empty;

    private static string Field(FieldInfo field)
    {
        var manner = field.IsLiteral ? "const " : (field.IsStatic ? "static " : string.Empty) + (field.IsInitOnly ? "readonly " : string.Empty);
        var value = field.IsLiteral ? " = " + TypeNames.Constant(field.GetRawConstantValue(), field.FieldType) : string.Empty;
        return $"{(field.IsPublic ? "public" : "protected")} {manner}{TypeNames.Of(field.FieldType, new NullabilityInfoContext().Create(field))} {field.Name}{value}";
    }

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Manner(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
        {
            return method.IsStatic ? "static " : string.Empty;
        }

        if (method.IsStatic)
        {
            return "static ";
        }

        var isOverride = method.GetBaseDefinition() != method;
        if (method.IsAbstract)
        {
            return isOverride ? "abstract override " : "abstract ";
        }

        if (isOverride)
        {
            return method.IsFinal ? "sealed override " : "override ";
        }

        return method.IsVirtual && !method.IsFinal ? "virtual " : string.Empty;
    }
}
