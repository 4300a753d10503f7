using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace HpcRuntime.Wire.Codecs;

/// <summary>Finds where the object that was refused sits. Runs only after a refusal, so that writing pays nothing for it.</summary>
internal static class PathFinder
{
    public static WireTypeException Describe(object root, WireTypeException refusal)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Place>();
        open.Push(new Place(root, TypeNames.Short(root.GetType()), null));
        while (open.TryPop(out var place))
        {
            var type = place.Value.GetType();
            if (!type.IsValueType && !seen.Add(place.Value))
            {
                continue;
            }

            var codec = CodecTable.Of(type);
            if (codec.Refuse(place.Value) is { } reason)
            {
                var path = PathOf(place, codec.Plan?.RefusedField is { } field ? "." + FieldPlan.NameOf(field) : "");
                return new WireTypeException($"{path} cannot travel to another rank: it is a {TypeNames.Of(type)}, and {reason}.", type, path);
            }

            var children = Children(place, codec);
            for (var i = children.Count - 1; i >= 0; i--)
            {
                open.Push(children[i]);
            }
        }

        var name = TypeNames.Short(root.GetType());
        return new WireTypeException($"{name} cannot travel to another rank: {refusal.Message.TrimEnd('.')}.", refusal.TravellingType ?? root.GetType(), name);
    }

    private static List<Place> Children(Place place, Codec codec)
    {
        var children = new List<Place>();
        switch (place.Value)
        {
            case string or Type:
                break;
            case Delegate several:
                foreach (var single in several.GetInvocationList())
                {
                    Add(children, place, single.Target, single.Target is { } target && target.GetType().IsDefined(typeof(CompilerGeneratedAttribute)) ? "" : ".Target");
                }

                break;
            case not null when codec.Plan is { } plan:
                foreach (var field in plan.Fields)
                {
                    Add(children, place, field.GetValue(place.Value), "." + FieldPlan.NameOf(field));
                }

                break;
            case Array array when Blittable.IsElement(array.GetType().GetElementType()!):
                break;
            case IDictionary map:
                Add(children, place, Property(map, "Comparer") ?? Property(map, "KeyComparer"), ".Comparer");
                foreach (DictionaryEntry entry in map)
                {
                    var key = string.Create(CultureInfo.InvariantCulture, $"[{entry.Key}]");
                    Add(children, place, entry.Key, ".Keys" + key);
                    Add(children, place, entry.Value, key);
                }

                break;
            case IEnumerable sequence when Property(sequence, "IsDefault") is not true:
                Add(children, place, Property(sequence, "Comparer") ?? Property(sequence, "KeyComparer"), ".Comparer");
                var index = 0;
                foreach (var item in sequence)
                {
                    Add(children, place, item, "[" + (place.Value is Array { Rank: > 1 } array ? Indices(array, index) : index.ToString(CultureInfo.InvariantCulture)) + "]");
                    index++;
                }

                break;
            default:
                break;
        }

        return children;
    }

    private static void Add(List<Place> children, Place parent, object? value, string step)
    {
        if (value is not null)
        {
            children.Add(new Place(value, step, parent));
        }
    }

    private static object? Property(object value, string name) => value.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.GetValue(value);

    private static string Indices(Array array, int index)
    {
        var indices = new string[array.Rank];
        for (var i = array.Rank - 1; i >= 0; i--)
        {
            indices[i] = (index % array.GetLength(i)).ToString(CultureInfo.InvariantCulture);
            index /= array.GetLength(i);
        }

        return string.Join(",", indices);
    }

    private static string PathOf(Place place, string last)
    {
        var steps = new List<string>();
        for (Place? at = place; at is not null; at = at.Parent)
        {
            steps.Add(at.Step);
        }

        // A chain of ten thousand nodes is named by its two ends.
        var text = new StringBuilder();
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            if (steps.Count > 40 && i == steps.Count - 20)
            {
                text.Append(" ... ");
                i = 20;
            }

            text.Append(steps[i]);
        }

        return text.Append(last).ToString();
    }

    private sealed record Place(object Value, string Step, Place? Parent);
}
