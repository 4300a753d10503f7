using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using HpcRuntime.Primitives;

namespace HpcRuntime.Wire.Codecs;

/// <summary>The fields of a type that travel: instance fields, inherited ones first, in the order of their declaration, without those marked as not serialised.</summary>
internal sealed class FieldPlan
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public FieldPlan(Type type)
    {
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            if (level != type && Frameworks.Contains(level) && !FixedTypes.IsFieldwise(level))
            {
                // The private state of a framework class is not ours to copy; a base class without any (Attribute, EventArgs, Comparer) is harmless.
                if (level.GetFields(Declared).Length > 0 && !IsForgettable(type, level))
                {
                    Refusal = $"it derives from {TypeNames.Of(level)}, whose state cannot be copied";
                }

                continue;
            }

            var fields = level.GetFields(Declared).Where(field => !field.IsDefined(typeof(NonSerializedAttribute), false)).OrderBy(field => field.MetadataToken).ToArray();
            if (Array.Find(fields, field => field.FieldType.IsPointer || field.FieldType.IsFunctionPointer || field.FieldType.IsByRefLike) is { } pointer)
            {
                Refusal = "it holds a pointer, which means nothing in another process";
                RefusedField = pointer;
            }

            Fields.InsertRange(0, fields);
        }
    }

    public List<FieldInfo> Fields { get; } = [];

    /// <summary>Why no object of the type can travel; null when it depends on the object.</summary>
    public string? Refusal { get; }

    /// <summary>The field behind <see cref="Refusal"/>, where it is one.</summary>
    public FieldInfo? RefusedField { get; }

    /// <summary>The name that the source code has for a field.</summary>
    public static string NameOf(FieldInfo field)
    {
        var name = field.Name;
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return name.StartsWith('<') && end > 1 ? name[1..end] : name;
    }

    // RandomStream keeps its whole state itself and is allocated by its constructor.
    private static bool IsForgettable(Type type, Type level) => level == typeof(Random) && type == typeof(RandomStream);
}
