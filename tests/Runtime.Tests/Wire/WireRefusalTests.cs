using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireRefusalTests
{
    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case(new MemoryStream(), "stream");
        yield return Case(new StringWriter(CultureInfo.InvariantCulture), "writer");
        yield return Case(new Microsoft.Win32.SafeHandles.SafeFileHandle(), "handle");
        yield return Case((nint)5, "address");
        yield return Case((nuint)5, "address");
        yield return Case(Task.CompletedTask, "work");
        yield return Case(Task.FromResult(1), "work");
        yield return Case(new ValueTask<int>(1), "work");
        yield return Case(CancellationToken.None, "cancellation");
        yield return Case(new CancellationTokenSource(), "cancellation");
        yield return Case(Thread.CurrentThread, "work");
        yield return Case(new Timer(_ => { }), "work");
        yield return Case(new SemaphoreSlim(1), "lock");
        yield return Case(new ManualResetEvent(false), "lock");
        yield return Case(new Socket(SocketType.Stream, ProtocolType.Tcp), "resource");
        yield return Case(new HttpClient(), "resource");
        yield return Case(typeof(int).Assembly, "assembly");
        yield return Case(typeof(string).GetMethod("Trim", [])!, "members");
        yield return Case(new InvalidOperationException("x"), "exception");
        yield return Case(new StreamOwner(), "derives from System.IO.Stream");
        yield return Case(new UserException(), "derives from System.Exception");
        yield return Case(new List<int> { 1 }.GetEnumerator(), "enumerator");
        yield return Case(new[] { 1 }.Where(x => x > 0), "ToArray()");
        yield return Case(Iterate(), "ToArray()");
        yield return Case(new WeakReference(new object()), "not known");
        yield return Case(new Lazy<int>(1), "not known");
        yield return Case(Enumerable.Range(0, 3).ToDictionary(x => x).Keys, "ToArray()");
        yield return Case(new Stays(), "it holds the run");
        yield return Case(new DerivedStays(), "it holds the run");
        yield return Case(new Implements(), "the master keeps it");
        yield return Case(new WireWriter(new SentTypes()), "messages of one rank");
        yield return Case(new List<FileStream>(), "may not be named");
        yield return Case(new HashSet<string>(StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.IgnoreWidth)), "comparers");
        yield return Case(Comparer<int>.Create((x, y) => x - y), "comparer");
        yield return Case(Array.CreateInstance(typeof(int), [2, 2], [1, 1]), "start at 0");
        yield return Case(Array.CreateInstance(typeof(int), [2], [1]), "start at 0");
        yield return Case(GCHandle.FromIntPtr(1), "handle");
        yield return Case(typeof(FileStream), "may not be named");

        static TestCaseData Case(object value, string reason) => new TestCaseData(value, reason).SetArgDisplayNames(value.GetType().Name, reason);
    }

    [TestCaseSource(nameof(Refused))]
    public void What_belongs_to_a_process_is_refused_with_a_reason_wherever_it_sits(object value, string reason)
    {
        foreach (var (holder, path) in new (object, string)[] { (new Holder { Inner = value }, "Holder.Inner"), (new List<object> { 1, value }, "List<Object>[1]"), (new Dictionary<string, object> { ["k"] = value }, "Dictionary<String, Object>[k]") })
        {
            var refusal = WirePair.Refusal(holder);
            Assert.That(refusal.Message, Does.Contain(reason));
            Assert.That(refusal.Path, Does.StartWith(path));
            Assert.That(refusal.Message, Does.StartWith(refusal.Path!));
            Assert.That(refusal.TravellingType, Is.Not.Null);
        }

        Assert.That(WirePair.Refusal(value).Message, Does.Contain(reason), "as the root");
    }

    [Test]
    public void The_message_names_the_path_to_the_field_as_the_source_code_has_it()
    {
        var refusal = WirePair.Refusal(new FitCurve(new Curve(new MemoryStream())));
        Assert.That(refusal.Path, Is.EqualTo("FitCurve.curve.Source"));
        Assert.That(refusal.Message, Is.EqualTo("FitCurve.curve.Source cannot travel to another rank: it is a System.IO.MemoryStream, and a stream belongs to the process that opened it; send a file name or the bytes."));
        Assert.That(refusal.TravellingType, Is.EqualTo(typeof(MemoryStream)));
    }

    [Test]
    public void Paths_lead_through_arrays_structs_dictionaries_and_tuples()
    {
        var stream = new MemoryStream();
        Assert.That(WirePair.Refusal(new object[,] { { 1, 2 }, { 3, stream } }).Path, Is.EqualTo("Object[,][1,1]"));
        Assert.That(WirePair.Refusal((1, ("a", stream))).Path, Is.EqualTo("ValueTuple<Int32, ValueTuple<String, MemoryStream>>"), "its very type cannot be named");
        Assert.That(WirePair.Refusal((1, ("a", (object)stream))).Path, Does.EndWith(".Item2.Item2"));
        Assert.That(WirePair.Refusal(new Holder { Inner = new Dictionary<object, int> { [stream] = 1 } }).Path, Does.StartWith("Holder.Inner.Keys["));
        Assert.That(WirePair.Refusal(new Holder { Inner = new Lent<object>(stream) }).Path, Is.EqualTo("Holder.Inner.Value"));
        Assert.That(WirePair.Refusal(new Native { Handle = 1 }).Path, Is.EqualTo("Native.Handle"));
        Assert.That(WirePair.Refusal(new Holder { Inner = new Pointing() }).Path, Is.EqualTo("Holder.Inner.Raw"));
    }

    [Test]
    public void A_comparer_that_cannot_travel_is_named()
    {
        var set = new SortedSet<int>(Comparer<int>.Create((x, y) => y - x)) { 1 };
        Assert.That(WirePair.Refusal(new Holder { Inner = set }).Path, Is.EqualTo("Holder.Inner.Comparer"));
    }

    [Test]
    public void The_path_into_a_long_chain_stays_readable()
    {
        var chain = new Holder { Inner = new MemoryStream() };
        for (var i = 0; i < 5_000; i++)
        {
            chain = new Holder { Inner = chain };
        }

        var refusal = WirePair.Refusal(chain);
        Assert.That(refusal.Path!, Has.Length.LessThan(400));
        Assert.That(refusal.Path, Does.StartWith("Holder.Inner.Inner").And.EndsWith(".Inner").And.Contain(" ... "));
    }

    [Test]
    public void A_field_that_could_hold_a_stream_but_does_not_travels() =>
        Assert.That(WirePair.RoundTrip(new Curve(null)).Source, Is.Null);

    [Test]
    public void A_nullable_of_what_cannot_travel_travels_while_it_is_empty()
    {
        Assert.That(WirePair.RoundTrip(new Cancellable(null, 1)), Is.EqualTo(new Cancellable(null, 1)));
        Assert.That(WirePair.Refusal(new Cancellable(CancellationToken.None, 1)).Path, Is.EqualTo("Cancellable.Token"));
    }

    [Test]
    public void A_refusal_leaves_the_writer_as_it_was()
    {
        var pair = new WirePair(16);
        pair.Writer.WriteInt32(7);
        Assert.Throws<WireTypeException>(() => WireSerializer.Default.Write(pair.Writer, new object[] { new double[100], new Holder { Inner = Task.CompletedTask } }));
        Assert.That((pair.Writer.Position, pair.Writer.BlockCount), Is.EqualTo((4, 0)));
        pair.Writer.Clear();
        Assert.That(pair.Send(new[] { 1, 2 }), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void A_stream_of_random_numbers_travels_but_a_framework_one_does_not()
    {
        Assert.That(WirePair.Refusal(new Holder { Inner = FrameworkRandom() }).Message, Does.Contain("RandomStream"));
        Assert.That(WirePair.RoundTrip(new Holder { Inner = new RandomStream(1, 1, 1) }).Inner, Is.TypeOf<RandomStream>());

        static object FrameworkRandom() => new Random(5);
    }

    private static IEnumerable<int> Iterate()
    {
        yield return 1;
    }

    private sealed class FitCurve(Curve curve)
    {
        public Curve Curve => curve;
    }

    private sealed record Cancellable(CancellationToken? Token, int Number);

    private sealed record Curve(Stream? Source);

    private sealed class Holder
    {
        public object? Inner { get; set; }
    }

    private struct Native
    {
        public nint Handle;
    }

    private sealed unsafe class Pointing
    {
        public int* Raw = null;
    }

    private sealed class StreamOwner : MemoryStream;

    private sealed class UserException : Exception;

    [CannotTravel("it holds the run")]
    private class Stays;

    private sealed class DerivedStays : Stays;

    [CannotTravel("the master keeps it")]
    private interface IKept;

    private sealed class Implements : IKept, IEnumerable
    {
        public IEnumerator GetEnumerator() => Array.Empty<int>().GetEnumerator();
    }
}
