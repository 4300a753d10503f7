using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace HpcRuntime.DataParallel;

/// <summary>Makes copies of functions that hold only the captured variables they use. C# keeps all captured variables of a scope in one object, so that a function holds
/// what any lambda of its scope captured: often the processor. The same need made Spark's ClosureCleaner.</summary>
internal static class ClosureTrimmer
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>A copy of <paramref name="function"/> without the captured variables that neither it nor what it calls of its scope uses; null when there is nothing to leave out, or its code cannot be read.</summary>
    internal static Delegate? Trim(Delegate function)
    {
        if (function.Target is not { } target || !function.HasSingleTarget || !IsClosure(target.GetType()))
        {
            return null;
        }

        try
        {
            var used = UsedFields(function);
            var copies = new Dictionary<object, object>(ReferenceEqualityComparer.Instance);
            var trimmed = false;
            var copy = Copy(target, used, copies, ref trimmed);
            return trimmed ? Delegate.CreateDelegate(function.GetType(), copy, function.Method) : null;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or NotSupportedException or InvalidOperationException or BadImageFormatException)
        {
            // Code that was generated at run time or has been obfuscated: the function stays as it is, and its refusal is the answer.
            return null;
        }
    }

    /// <summary>An object of the compiler's that holds the captured variables of a scope.</summary>
    private static bool IsClosure(Type type) => type.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal) && type.IsDefined(typeof(CompilerGeneratedAttribute), false);

    private static HashSet<(Type Type, string Name)> UsedFields(Delegate function)
    {
        var code = new CompiledCode();
        code.Add(function.Method);

        // A captured delegate may be another lambda of the same scope, with variables of its own: look until nothing new turns up.
        var looked = new HashSet<object>(ReferenceEqualityComparer.Instance);
        bool found;
        do
        {
            found = false;
            foreach (var other in Delegates(function.Target!, code.Fields, []).ToList())
            {
                if (looked.Add(other))
                {
                    found = true;
                    code.Add(other.Method);
                }
            }
        }
        while (found);

        return code.Fields;
    }

    private static IEnumerable<Delegate> Delegates(object closure, HashSet<(Type Type, string Name)> used, HashSet<object> seen)
    {
        if (!seen.Add(closure))
        {
            yield break;
        }

        foreach (var field in closure.GetType().GetFields(Fields).Where(field => used.Contains(KeyOf(field))))
        {
            switch (field.GetValue(closure))
            {
                case Delegate captured:
                    foreach (var single in captured.GetInvocationList())
                    {
                        yield return single;
                    }

                    break;
                case { } outer when IsClosure(outer.GetType()):
                    foreach (var further in Delegates(outer, used, seen))
                    {
                        yield return further;
                    }

                    break;
            }
        }
    }

    private static object Copy(object closure, HashSet<(Type Type, string Name)> used, Dictionary<object, object> copies, ref bool trimmed)
    {
        if (copies.TryGetValue(closure, out var known))
        {
            return known;
        }

        var copy = RuntimeHelpers.GetUninitializedObject(closure.GetType());
        copies.Add(closure, copy);
        foreach (var field in closure.GetType().GetFields(Fields))
        {
            var value = field.GetValue(closure);
            if (!used.Contains(KeyOf(field)))
            {
                trimmed |= value is not null;
                continue;
            }

            if (value is not null && IsClosure(value.GetType()))
            {
                value = Copy(value, used, copies, ref trimmed);
            }
            else if (value is Delegate { HasSingleTarget: true, Target: { } target } captured && IsClosure(target.GetType()))
            {
                value = Delegate.CreateDelegate(captured.GetType(), Copy(target, used, copies, ref trimmed), captured.Method);
            }

            field.SetValue(copy, value);
        }

        return copy;
    }

    private static (Type Type, string Name) KeyOf(FieldInfo field) => CompiledCode.KeyOf(field);
}
