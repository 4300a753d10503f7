using System;
using System.Collections.Concurrent;
using HpcRuntime.Primitives;

namespace HpcRuntime.Wire.Codecs;

/// <summary>The codec of every type met in this process. Thread-safe; a codec is made when its type is first met.</summary>
internal static class CodecTable
{
    private static readonly ConcurrentDictionary<Type, Codec> Codecs = new();

    /// <summary>The codec of objects whose <see cref="object.GetType"/> is <paramref name="type"/>; one that refuses where they cannot travel.</summary>
    public static Codec Of(Type type) => Codecs.TryGetValue(type, out var codec) ? codec : Codecs.GetOrAdd(type, Create(type));

    public static Codec Make(Type openCodec, params Type[] arguments) => (Codec)Activator.CreateInstance(openCodec.MakeGenericType(arguments))!;

    private static Codec Create(Type type)
    {
        var canonical = Comparers.Canonical(type) ?? (typeof(Type).IsAssignableFrom(type) ? typeof(Type) : type);
        if (canonical != type)
        {
            return Of(canonical);
        }

        if (Refusals.For(type) is { } reason)
        {
            return Refused(type, reason);
        }

        if (type.ContainsGenericParameters || type == typeof(void))
        {
            return Refused(type, "no object can be of that type");
        }

        if (FixedTypes.Make(type) is { } known)
        {
            // No object is ever of a nullable type, so that it need not be named; an empty one holds nothing that could be refused.
            return Nullable.GetUnderlyingType(type) is null ? Named(known) : known;
        }

        if (type.IsEnum)
        {
            return Make(typeof(RawCodec<>), type);
        }

        if (type.IsArray)
        {
            return Named(Array(type));
        }

        if (typeof(MulticastDelegate).IsAssignableFrom(type))
        {
            return type.IsAbstract ? Refused(type, "no object can be of that type") : Named(new DelegateCodec(type));
        }

        if (Frameworks.Contains(type))
        {
            return Refused(type, Refusals.ForFramework(type));
        }

        if (type.IsAbstract || type.IsInterface)
        {
            return Refused(type, "no object can be of that type");
        }

        return Named(Fields(type));
    }

    private static Codec Array(Type type)
    {
        var element = type.GetElementType()!;
        if (element.IsPointer || element.IsFunctionPointer || element.IsByRefLike || (type.GetArrayRank() == 1 && !type.IsSZArray))
        {
            return Refused(type, element.IsPointer ? "an address means nothing in another process" : "its indices do not start at 0");
        }

        return (Codec)Activator.CreateInstance((Blittable.IsElement(element) ? typeof(BlittableArrayCodec<>) : typeof(ElementArrayCodec<>)).MakeGenericType(element), type)!;
    }

    private static Codec Fields(Type type)
    {
        if (Blittable.IsSafe(type))
        {
            return Make(typeof(RawCodec<>), type);
        }

        var plan = new FieldPlan(type);
        if (plan.Refusal is not null)
        {
            return Refused(type, plan.Refusal, plan);
        }

        if (type == typeof(RandomStream))
        {
            return new ClassCodec<RandomStream>(plan, () => new RandomStream(default));
        }

        return type.IsValueType
            ? (Codec)Activator.CreateInstance(typeof(StructCodec<>).MakeGenericType(type), plan)!
            : (Codec)Activator.CreateInstance(typeof(ClassCodec<>).MakeGenericType(type), plan, null)!;
    }

    /// <summary>A type can be perfectly fine and still be unspeakable: a list of something that the bytes may not name.</summary>
    private static Codec Named(Codec codec)
    {
        var unnamed = SentTypes.Unnamed(codec.Type);
        return unnamed is null || codec is RefusedCodec ? codec : Refused(codec.Type, $"{TypeNames.Of(unnamed)} may not be named in a message");
    }

    private static Codec Refused(Type type, string reason, FieldPlan? plan = null) => type.IsValueType && !type.IsByRefLike && !type.ContainsGenericParameters && type != typeof(void)
        ? (Codec)Activator.CreateInstance(typeof(RefusedValueCodec<>).MakeGenericType(type), reason)!
        : new RefusedCodec(type, reason, plan);
}
