using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.Wire.Codecs;

/// <summary>The framework types that every rank knows by number, in an order that is part of the format. Only those with a maker can be instantiated; the others can be named,
/// as the argument of a generic type or the owner of a method.</summary>
internal static class FixedTypes
{
    private static readonly List<Type> Types = [];
    private static readonly Dictionary<Type, int> Ids = [];
    private static readonly Dictionary<Type, Func<Type, Codec>> Makers = [];
    private static readonly HashSet<Type> Fieldwise = [];

    static FixedTypes()
    {
        AddScalars();
        AddCollections();
        AddImmutables();
        AddTuples();
        AddNames();
    }

    public static int Count => Types.Count;

    public static Type At(int id) => Types[id];

    /// <summary>The number of a type, or of an open generic one; -1 without.</summary>
    public static int IdOf(Type type) => Ids.GetValueOrDefault(type, -1);

    /// <summary>A framework type that is copied field by field.</summary>
    public static bool IsFieldwise(Type type) => Fieldwise.Contains(type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type);

    /// <summary>A codec for a closed type; null where this table has none.</summary>
    public static Codec? Make(Type type)
    {
        if (Makers.TryGetValue(type, out var maker))
        {
            return maker(type);
        }

        return type.IsConstructedGenericType && Makers.TryGetValue(type.GetGenericTypeDefinition(), out maker) ? maker(type) : null;
    }

    private static void AddScalars()
    {
        foreach (var type in new[]
        {
            typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(char),
            typeof(Half), typeof(Int128), typeof(UInt128), typeof(Complex), typeof(Guid), typeof(TimeSpan), typeof(Index), typeof(Range),
            typeof(Vector2), typeof(Vector3), typeof(Vector4), typeof(Quaternion), typeof(Plane), typeof(Matrix3x2), typeof(Matrix4x4),
        })
        {
            Add(type, closed => CodecTable.Make(typeof(RawCodec<>), closed));
        }

        Add(typeof(object), _ => new BareCodec(typeof(object), static () => new object()));
        Add(typeof(Lock), closed => new BareCodec(closed, () => Activator.CreateInstance(closed)!));
        Add(typeof(string), _ => new StringCodec());
        Add(typeof(decimal), _ => new DecimalCodec());
        Add(typeof(DateTime), _ => new DateTimeCodec());
        Add(typeof(DateTimeOffset), _ => new DateTimeOffsetCodec());
        Add(typeof(DateOnly), _ => new DateOnlyCodec());
        Add(typeof(TimeOnly), _ => new TimeOnlyCodec());
        Add(typeof(Rune), _ => new RuneCodec());
        Add(typeof(BigInteger), _ => new BigIntegerCodec());
        Add(typeof(Uri), _ => new UriCodec());
        Add(typeof(Version), _ => new VersionCodec());
        Add(typeof(CultureInfo), _ => new CultureCodec());
        Add(typeof(Type), _ => new TypeCodec());
        Add(typeof(StringBuilder), _ => new StringBuilderCodec());
        Add(typeof(Nullable<>), closed => CodecTable.Make(typeof(NullableCodec<>), closed.GenericTypeArguments));
        Add(typeof(Lent<>), closed => CodecTable.Make(typeof(LentCodec<>), closed.GenericTypeArguments));
        Add(typeof(Memory<>), closed => CodecTable.Make(typeof(MemoryCodec<>), closed.GenericTypeArguments));
        Add(typeof(ReadOnlyMemory<>), closed => CodecTable.Make(typeof(ReadOnlyMemoryCodec<>), closed.GenericTypeArguments));
        Add(typeof(ArraySegment<>), closed => CodecTable.Make(typeof(ArraySegmentCodec<>), closed.GenericTypeArguments));
        Add(typeof(StringComparer), _ => new StringComparerCodec());
        Add(typeof(EqualityComparer<>), closed => CodecTable.Make(typeof(DefaultEqualityCodec<>), closed.GenericTypeArguments));
        Add(typeof(Comparer<>), closed => CodecTable.Make(typeof(DefaultComparerCodec<>), closed.GenericTypeArguments));
    }

    private static void AddCollections()
    {
        Add(typeof(List<>), closed => CodecTable.Make(Blittable.IsElement(closed.GenericTypeArguments[0]) ? typeof(RawListCodec<>) : typeof(ListCodec<>), closed.GenericTypeArguments));
        AddGeneric(typeof(Queue<>), typeof(QueueCodec<>));
        AddGeneric(typeof(Stack<>), typeof(StackCodec<>));
        AddGeneric(typeof(LinkedList<>), typeof(LinkedListCodec<>));
        AddGeneric(typeof(Collection<>), typeof(CollectionCodec<>));
        AddGeneric(typeof(ObservableCollection<>), typeof(ObservableCodec<>));
        AddGeneric(typeof(HashSet<>), typeof(HashSetCodec<>));
        AddGeneric(typeof(SortedSet<>), typeof(SortedSetCodec<>));
        AddGeneric(typeof(Dictionary<,>), typeof(DictionaryCodec<,>));
        AddGeneric(typeof(SortedDictionary<,>), typeof(SortedDictionaryCodec<,>));
        AddGeneric(typeof(SortedList<,>), typeof(SortedListCodec<,>));
        AddGeneric(typeof(System.Collections.Concurrent.ConcurrentDictionary<,>), typeof(ConcurrentDictionaryCodec<,>));
        AddGeneric(typeof(System.Collections.Concurrent.ConcurrentQueue<>), typeof(ConcurrentQueueCodec<>));
        AddGeneric(typeof(PriorityQueue<,>), typeof(PriorityQueueCodec<,>));
    }

    private static void AddImmutables()
    {
        AddGeneric(typeof(ReadOnlyCollection<>), typeof(ReadOnlyCollectionCodec<>));
        AddGeneric(typeof(ReadOnlyDictionary<,>), typeof(ReadOnlyDictionaryCodec<,>));
        AddGeneric(typeof(ImmutableArray<>), typeof(ImmutableArrayCodec<>));
        AddGeneric(typeof(ImmutableList<>), typeof(ImmutableListCodec<>));
        AddGeneric(typeof(ImmutableHashSet<>), typeof(ImmutableHashSetCodec<>));
        AddGeneric(typeof(ImmutableSortedSet<>), typeof(ImmutableSortedSetCodec<>));
        AddGeneric(typeof(ImmutableDictionary<,>), typeof(ImmutableDictionaryCodec<,>));
        AddGeneric(typeof(ImmutableSortedDictionary<,>), typeof(ImmutableSortedDictionaryCodec<,>));
    }

    private static void AddTuples()
    {
        foreach (var type in new[]
        {
            typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>), typeof(Tuple<,,,,,,>), typeof(Tuple<,,,,,,,>),
            typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>), typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>),
            typeof(KeyValuePair<,>),
        })
        {
            Fieldwise.Add(type);
            Add(type, closed => (Codec)Activator.CreateInstance(
                (closed.IsValueType ? typeof(StructCodec<>) : typeof(ClassCodec<>)).MakeGenericType(closed), closed.IsValueType ? [new FieldPlan(closed)] : [new FieldPlan(closed), null])!);
        }
    }

    private static void AddNames()
    {
        foreach (var type in new[]
        {
            typeof(IEnumerable<>), typeof(ICollection<>), typeof(IList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>), typeof(ISet<>), typeof(IReadOnlySet<>),
            typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(IEqualityComparer<>), typeof(IComparer<>), typeof(IComparable<>), typeof(IEquatable<>), typeof(IComparable), typeof(IFormattable),
            typeof(Action), typeof(Action<>), typeof(Action<,>), typeof(Action<,,>), typeof(Action<,,,>), typeof(Func<>), typeof(Func<,>), typeof(Func<,,>), typeof(Func<,,,>), typeof(Func<,,,,>),
            typeof(Predicate<>), typeof(Comparison<>), typeof(Converter<,>), typeof(EventHandler), typeof(EventHandler<>),
            typeof(Math), typeof(MathF), typeof(Convert), typeof(BitConverter), typeof(Console), typeof(Array), typeof(Enum), typeof(ValueType), typeof(Delegate),
            typeof(Task), typeof(Task<>), typeof(ValueTask), typeof(ValueTask<>), typeof(CancellationToken), // What asynchronous functions take and return.
        })
        {
            Name(type);
        }
    }

    private static void AddGeneric(Type open, Type codec) => Add(open, closed => CodecTable.Make(codec, closed.GenericTypeArguments));

    private static void Add(Type type, Func<Type, Codec> maker)
    {
        Name(type);
        Makers.Add(type, maker);
    }

    private static void Name(Type type)
    {
        Ids.Add(type, Types.Count);
        Types.Add(type);
    }
}
