using System;
using HpcRuntime.Wire;

namespace HpcRuntime.DataParallel;

/// <summary>What functions and their captured variables are called in the source code.</summary>
internal static class FunctionNames
{
    /// <summary>The method's name; for a lambda, that of the method it stands in.</summary>
    internal static string Of(Delegate function)
    {
        var name = function.Method.Name;
        if (!name.StartsWith('<'))
        {
            return name;
        }

        // The compiler calls a lambda in Main "<Main>b__0_1" and a local function F of it "<Main>g__F|0_1".
        var end = name.IndexOf('>', StringComparison.Ordinal);
        var local = name.IndexOf("g__", end, StringComparison.Ordinal);
        return local == end + 1 ? name[(local + 3)..].Split('|')[0] : $"lambda in {name[1..end]}";
    }

    /// <summary>Does <paramref name="submit"/> with a function. Where something that it captured cannot travel, once more without the captured variables that it does not use;
    /// a refusal then names the captured variable.</summary>
    internal static TResult Submit<TFunction, TResult>(TFunction function, Func<TFunction, TResult> submit)
        where TFunction : Delegate
    {
        ArgumentNullException.ThrowIfNull(function);
        try
        {
            return submit(function);
        }
        catch (WireTypeException refusal) when (Captured(refusal.Path) is { } variable)
        {
            if (ClosureTrimmer.Trim(function) is TFunction trimmed)
            {
                try
                {
                    return submit(trimmed);
                }
                catch (WireTypeException again) when (Captured(again.Path) is { } used)
                {
                    throw Named(again, used);
                }
            }

            throw Named(refusal, variable);
        }
    }

    private static WireTypeException Named(WireTypeException refusal, string variable) =>
        new($"The function cannot be sent to a slave, because it captures {variable}. {refusal.Message}", refusal.TravellingType, refusal.Path);

    /// <summary>The variable behind a function on a path, such as that in <c>FunctionCommand&lt;Int32&gt;._function.stream</c>; null where there is no function.</summary>
    private static string? Captured(string? path)
    {
        var steps = path?.Split('.') ?? [];
        var at = 1 + Array.FindIndex(steps, step => step.EndsWith("unction", StringComparison.Ordinal) || step.EndsWith("ction", StringComparison.Ordinal));

        // A scope inside another refers to it by a field of the compiler's.
        while (at > 0 && at < steps.Length && steps[at].StartsWith("CS$<>", StringComparison.Ordinal))
        {
            at++;
        }

        if (at == 0 || at >= steps.Length)
        {
            return null;
        }

        return steps[at].StartsWith("<>", StringComparison.Ordinal) || steps[at] == "Target" ? "'this'" : $"'{steps[at].Split('[')[0]}'";
    }
}
