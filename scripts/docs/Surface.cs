using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Docs;

/// <summary>What an assembly shows to others: its public types, and their public and protected members, in a fixed order. The tests compare it with an approved text.</summary>
internal static class Surface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The public types, nested ones included, by namespace and name.</summary>
    public static IReadOnlyList<Type> Types(Assembly assembly) =>
        assembly.GetExportedTypes().Where(t => !ExtensionBlocks.IsMarker(t)).OrderBy(t => t.Namespace, StringComparer.Ordinal).ThenBy(t => t.FullName, StringComparer.Ordinal).ToList();

    /// <summary>The whole surface: a line for each namespace, type and member.</summary>
    public static IEnumerable<string> Lines(Assembly assembly)
    {
        foreach (var room in Types(assembly).GroupBy(t => t.Namespace))
        {
            yield return $"namespace {room.Key}";
            foreach (var type in room)
            {
                yield return "  " + Header(type);
                foreach (var (_, signature) in Members(type))
                {
                    yield return "    " + signature;
                }
            }
        }
    }

    /// <summary>The declaration of a type, in one line.</summary>
    public static string Header(Type type)
    {
        if (IsDelegate(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"public delegate {Signatures.Returned(invoke)} {TypeNames.Of(type)}({Signatures.Parameters(invoke)}){Signatures.Constraints(type.GetGenericArguments())}";
        }

        if (ExtensionBlocks.ReceiverOf(type) is { } receiver)
        {
            return $"extension({Signatures.Parameters(receiver)}) in {TypeNames.Of(type.DeclaringType!)}";
        }

        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            bases.Add(TypeNames.Of(parent));
        }

        if (!type.IsEnum)
        {
            var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(type.GetInterfaces().SelectMany(i => i.GetInterfaces())).ToHashSet();
            bases.AddRange(type.GetInterfaces().Where(i => i.IsVisible && !inherited.Contains(i)).Select(i => TypeNames.Of(i)).Order(StringComparer.Ordinal));
        }
        else if (Enum.GetUnderlyingType(type) != typeof(int))
        {
            bases.Add(TypeNames.Of(Enum.GetUnderlyingType(type)));
        }

        var tail = bases.Count > 0 ? " : " + string.Join(", ", bases) : string.Empty;
        return $"{(type.IsNestedFamily || type.IsNestedFamORAssem ? "protected" : "public")} {Kind(type)} {TypeNames.Of(type)}{tail}{Signatures.Constraints(type.GetGenericArguments())}";
    }

    /// <summary>The visible members that the type itself declares, each with its signature: constructors, then the rest by name.</summary>
    public static IReadOnlyList<(MemberInfo Member, string Signature)> Members(Type type)
    {
        if (IsDelegate(type))
        {
            return [];
        }

        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(f => Convert.ToInt64(f.GetRawConstantValue(), null)).Select(f => ((MemberInfo)f, $"{f.Name} = {f.GetRawConstantValue()}")).ToList();
        }

        return type.GetMembers(Declared).Where(member => IsShown(member) && !ExtensionBlocks.IsBody(member)).Select(member => (Member: member, Signature: Signatures.Of(member)))
            .OrderBy(m => m.Member is ConstructorInfo ? 0 : 1).ThenBy(m => m.Member.Name, StringComparer.Ordinal).ThenBy(m => m.Signature, StringComparer.Ordinal).ToList();
    }

    /// <summary>Whether others can derive from or call it, and a person wrote it.</summary>
    private static bool IsShown(MemberInfo member) => member switch
    {
        MethodBase method => IsVisible(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && (method is ConstructorInfo || !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        PropertyInfo property => property.GetAccessors(true).Any(IsVisible) && property.Name != "EqualityContract",
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        EventInfo happening => IsVisible(happening.AddMethod!),
        _ => false,
    };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsDelegate(Type type) => type.BaseType == typeof(MulticastDelegate);

    private static string Kind(Type type)
    {
        if (type.IsInterface)
        {
            return "interface";
        }

        if (type.IsEnum)
        {
            return "enum";
        }

        if (type.IsValueType)
        {
            var record = type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null ? "record " : string.Empty;
            return $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : string.Empty)}{(type.IsByRefLike ? "ref " : string.Empty)}{record}struct";
        }

        var manner = type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : string.Empty;
        return manner + (type.GetMethod("<Clone>$") is not null ? "record" : "class");
    }
}
