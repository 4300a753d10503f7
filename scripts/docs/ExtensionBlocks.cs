using System;
using System.Linq;
using System.Reflection;

namespace HpcRuntime.Docs;

/// <summary>What the compiler makes of an <c>extension(Receiver receiver)</c> block: a nested type with its members, in it a marker that knows the receiver, and static methods beside it with the bodies.</summary>
internal static class ExtensionBlocks
{
    private const string Block = "<G>$";
    private const string Marker = "<M>$";

    /// <summary>Whether a type is such a marker.</summary>
    public static bool IsMarker(Type type) => type.Name.StartsWith(Marker, StringComparison.Ordinal);

    /// <summary>The method of the marker that has the receiver as its parameter; null for a type that is no block.</summary>
    public static MethodInfo? ReceiverOf(Type type) => !type.Name.StartsWith(Block, StringComparison.Ordinal)
        ? null
        : type.GetNestedTypes().Single(IsMarker).GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly).Single();

    /// <summary>Whether a member of a static class is the body of one in a block of the class.</summary>
    public static bool IsBody(MemberInfo member) => member is MethodInfo { IsStatic: true } method && member.DeclaringType!.GetNestedTypes()
        .Where(nested => nested.Name.StartsWith(Block, StringComparison.Ordinal))
        .Any(block => block.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Any(own => own.Name == method.Name && own.GetParameters().Length + 1 == method.GetParameters().Length));
}
