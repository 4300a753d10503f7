using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.Wire.Codecs;

/// <summary>What cannot travel, and why in words that help.</summary>
internal static class Refusals
{
    private const string Work = "work under way stays where it runs; return its result instead";
    private const string Lock = "a lock means nothing in another process";

    private static readonly (Type Type, string Reason)[] Reasons =
    [
        (typeof(System.IO.Stream), "a stream belongs to the process that opened it; send a file name or the bytes"),
        (typeof(System.IO.TextWriter), "a writer belongs to the process that opened it"),
        (typeof(System.IO.TextReader), "a reader belongs to the process that opened it"),
        (typeof(SafeHandle), "a handle belongs to the process that opened it"),
        (typeof(nint), "an address means nothing in another process"),
        (typeof(nuint), "an address means nothing in another process"),
        (typeof(Pointer), "an address means nothing in another process"),
        (typeof(GCHandle), "a handle belongs to its process"),
        (typeof(Task), Work),
        (typeof(ValueTask), Work),
        (typeof(ValueTask<>), Work),
        (typeof(CancellationToken), "cancellation reaches a command through its slave context"),
        (typeof(CancellationTokenSource), "cancellation reaches a command through its slave context"),
        (typeof(Thread), Work),
        (typeof(Timer), Work),
        (typeof(SemaphoreSlim), Lock),
        (typeof(ReaderWriterLockSlim), Lock),
        (typeof(WaitHandle), Lock),
        (typeof(Assembly), "an assembly is loaded by each rank for itself"),
        (typeof(MemberInfo), "members travel as delegates or types only"),
        (typeof(Exception), "an exception of a command is reported by its type, message and stack; send those"),
        (typeof(Random), "the state of a System.Random cannot be copied; use the slave's Random or a RandomStream"),
        (typeof(IEnumerator), "an enumerator is a place in someone's loop"),
    ];

    public static WireTypeException Of(Type type, string reason) => new($"it is a {TypeNames.Of(type)}, and {reason}", type);

    /// <summary>Why no object of the type can travel; null when it can as far as the type tells.</summary>
    public static string? For(Type type)
    {
        if (Declared(type) is { } declared)
        {
            return declared;
        }

        if (type.IsPointer || type.IsFunctionPointer || type.IsByRef || type.IsByRefLike)
        {
            return "an address means nothing in another process";
        }

        if (type.IsCOMObject)
        {
            return "a COM object belongs to its apartment";
        }

        if (type.Assembly.IsDynamic)
        {
            return "a type made at run time exists in this process only";
        }

        if (IsStateMachine(type))
        {
            return "an iterator or asynchronous method under way stays where it runs; call ToArray() first";
        }

        return null;
    }

    /// <summary>Why an object of a framework type without a codec cannot travel.</summary>
    public static string ForFramework(Type type)
    {
        if (typeof(IEnumerator).IsAssignableFrom(type) && typeof(IEnumerable).IsAssignableFrom(type))
        {
            return "a sequence that is computed when asked stays where it is; call ToArray() first";
        }

        foreach (var (known, reason) in Reasons)
        {
            if (known.IsAssignableFrom(type) || (type.IsConstructedGenericType && type.GetGenericTypeDefinition() == known))
            {
                return reason;
            }
        }

        if (typeof(IDisposable).IsAssignableFrom(type) && !typeof(IEnumerable).IsAssignableFrom(type))
        {
            return "a resource belongs to the process that holds it";
        }

        return typeof(IEnumerable).IsAssignableFrom(type)
            ? "this kind of sequence is not known to the serialiser; call ToArray() or ToList() first"
            : "this framework type is not known to the serialiser";
    }

    private static string? Declared(Type type) =>
        type.GetCustomAttribute<CannotTravelAttribute>(true)?.Reason
        ?? type.GetInterfaces().Select(face => face.GetCustomAttribute<CannotTravelAttribute>(false)?.Reason).FirstOrDefault(reason => reason is not null);

    private static bool IsStateMachine(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        && (typeof(IEnumerator).IsAssignableFrom(type) || typeof(IAsyncStateMachine).IsAssignableFrom(type) || IsAsyncEnumerator(type));

    private static bool IsAsyncEnumerator(Type type) =>
        type.GetInterfaces().Any(face => face.IsConstructedGenericType && face.GetGenericTypeDefinition() == typeof(IAsyncEnumerator<>));
}
