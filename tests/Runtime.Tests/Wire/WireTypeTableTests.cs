using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Loader;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireTypeTableTests
{
    private const byte Application = 0;
    private const byte Framework = 1;

    [Test]
    public void Definitions_are_sent_once_and_only_what_is_new()
    {
        var pair = new WirePair();
        pair.Send(new Plain { Value = 1 });
        var count = pair.Sent.Count;
        Assert.That(count, Is.EqualTo(1));
        pair.Send(new Plain { Value = 2 });
        Assert.That(pair.Sent.Count, Is.EqualTo(count));
        pair.Send(new Generic<Plain>(new Plain()));
        Assert.That(pair.Sent.Count, Is.EqualTo(count + 2), "the open type and the closed one");
        Assert.That(pair.Received.Count, Is.EqualTo(pair.Sent.Count));
    }

    [Test]
    public void Common_framework_types_need_no_definition()
    {
        var pair = new WirePair();
        foreach (var value in new object[] { 1, "a", 2.5, DateTime.MaxValue, Guid.Empty, new object() })
        {
            pair.Send(value);
        }

        Assert.That(pair.Sent.Count, Is.Zero);
    }

    [Test]
    public void A_snapshot_can_be_read_by_receivers_that_joined_at_different_times()
    {
        var sent = new SentTypes();
        var writer = new WireWriter(sent);
        WireSerializer.Default.Write(writer, new Plain { Value = 5 });
        var early = new ReceivedTypes(WireTypePolicy.ForApplication(), "the master");
        Define(sent, early);
        var snapshot = new WireWriter(sent);
        WireSerializer.Default.Write(snapshot, new List<Plain> { new() { Value = 6 } });
        var late = new ReceivedTypes(WireTypePolicy.ForApplication(), "the master");
        foreach (var received in new[] { early, late })
        {
            Define(sent, received);
            Assert.That(((List<Plain>)Read(received, snapshot.WrittenSpan.ToArray())!)[0].Value, Is.EqualTo(6));
        }
    }

    [Test]
    public void Definitions_known_already_are_passed_over_and_missing_ones_are_noticed()
    {
        var sent = new SentTypes();
        var writer = new WireWriter(sent);
        WireSerializer.Default.Write(writer, new object[] { new Plain(), new Generic<int>(1) });
        var received = new ReceivedTypes(WireTypePolicy.ForApplication(), "the master");
        Assert.Throws<WireFormatException>(() => Define(sent, received, 1));
        Define(sent, received, 0);
        Define(sent, received, 0);
        Define(sent, received, 1);
        Assert.That(received.Count, Is.EqualTo(sent.Count));
        Assert.That(((object[])Read(received, writer.WrittenSpan.ToArray())!)[1], Is.TypeOf<Generic<int>>());
    }

    [Test]
    public void A_type_that_was_never_defined_is_refused()
    {
        var writer = new WireWriter(new SentTypes());
        WireSerializer.Default.Write(writer, new Plain());
        var error = Assert.Throws<WireFormatException>(() => Read(new ReceivedTypes(WireTypePolicy.ForApplication(), "rank 3 on host there"), writer.WrittenSpan.ToArray()));
        Assert.That(error!.Message, Does.Contain("rank 3 on host there").And.Contain("never defined"));
    }

    [TestCase("System.Diagnostics.Process", "System.Diagnostics.Process")]
    [TestCase("System.Private.CoreLib", "System.IO.FileStream")]
    [TestCase("System.Private.CoreLib", "System.Collections.Generic.List`1[[System.IO.FileStream]]")]
    [TestCase("Microsoft.Win32.Primitives", "System.ComponentModel.Win32Exception")]
    public void A_framework_type_without_a_codec_is_not_made_because_bytes_name_it(string assembly, string type)
    {
        foreach (var kind in new[] { Application, Framework })
        {
            var error = Assert.Throws<WireFormatException>(() => ReadNamed(kind, assembly, Guid.NewGuid(), type));
            Assert.That(error!.Message, Does.Contain(type).And.Contain("may not travel"));
        }
    }

    [Test]
    public void An_assembly_that_is_not_the_applications_is_refused()
    {
        var error = Assert.Throws<WireFormatException>(() => ReadNamed(Application, "Elsewhere", Guid.NewGuid(), "Elsewhere.Thing"));
        Assert.That(error!.Message, Does.Contain("Elsewhere").And.Contain("not part of the application").And.Contain(Environment.MachineName));
    }

    [Test]
    public void Another_build_of_an_assembly_is_named_with_both_ids_the_host_and_the_file()
    {
        var theirs = Guid.NewGuid();
        var assembly = typeof(Plain).Assembly;
        var error = Assert.Throws<WireFormatException>(() => ReadNamed(Application, assembly.GetName().Name!, theirs, typeof(Plain).FullName!));
        Assert.That(error!.Message, Does.Contain(assembly.GetName().Name!).And.Contain(theirs.ToString()).And.Contain(assembly.ManifestModule.ModuleVersionId.ToString())
            .And.Contain(Environment.MachineName).And.Contain(assembly.Location));
        error = Assert.Throws<WireFormatException>(() => WireTypePolicy.ForApplication().Announce(assembly.GetName().Name!, theirs));
        Assert.That(error!.Message, Does.Contain(theirs.ToString()).And.Contain(assembly.Location));
    }

    [Test]
    public void What_is_announced_by_one_side_is_accepted_by_the_other()
    {
        var policy = WireTypePolicy.ForApplication();
        var announced = policy.AnnounceableAssemblies();
        Assert.That(announced.Select(assembly => assembly.Name), Does.Contain(typeof(Plain).Assembly.GetName().Name).And.Contain("HpcRuntime").And.None.StartsWith("System."));
        foreach (var assembly in announced)
        {
            policy.Announce(assembly.Name, assembly.ModuleVersionId);
        }
    }

    [Test]
    public void A_type_that_may_not_travel_is_not_made_either_when_bytes_name_it()
    {
        var error = Assert.Throws<WireFormatException>(() => ReadNamed(Application, "HpcRuntime", typeof(WireWriter).Module.ModuleVersionId, typeof(WireWriter).FullName!));
        Assert.That(error!.Message, Does.Contain("messages of one rank"));
    }

    [Test]
    public void An_object_is_not_put_where_another_type_is_declared()
    {
        var pair = new WirePair();
        pair.Send(new Shaped { Shape = new Round() });
        pair.Send(new Plain());
        pair.Writer.Clear();
        WireSerializer.Default.Write(pair.Writer, new object[] { new Shaped { Shape = new Round() }, new Plain() });
        var bytes = pair.Writer.WrittenSpan.ToArray();

        // The last object is the Plain: its number goes where the Round's stands.
        var plain = bytes[^5];
        var round = Array.FindIndex(bytes, 2, value => value == bytes[^6]);
        bytes[round] = plain;
        Assert.Throws<WireFormatException>(() => Read(pair.Received, bytes));
    }

    [Test]
    public void A_registered_assembly_of_another_load_context_is_found_with_its_own_types()
    {
        var context = new AssemblyLoadContext("application", true);
        var copy = context.LoadFromAssemblyPath(typeof(Plain).Assembly.Location);
        var type = copy.GetType(typeof(Plain).FullName!)!;
        Assert.That(type, Is.Not.EqualTo(typeof(Plain)));
        var policy = WireTypePolicy.ForApplication();
        policy.Register(copy);
        var sent = new SentTypes();
        var writer = new WireWriter(sent);
        WireSerializer.Default.Write(writer, Activator.CreateInstance(type));
        var received = new ReceivedTypes(policy, "the master");
        Define(sent, received);
        Assert.That(Read(received, writer.WrittenSpan.ToArray())!.GetType(), Is.EqualTo(type));
    }

    [Test]
    public void A_type_nested_without_end_is_refused()
    {
        var writer = new WireWriter(new SentTypes());
        writer.WriteVarUInt(0);
        writer.WriteVarUInt(5_000);
        for (var i = 0; i < 5_000; i++)
        {
            writer.WriteByte(3);
            writer.WriteByte(0);
            writer.WriteVarUInt(i == 0 ? 0 : (ulong)(FirstDefined() + i - 1));
        }

        var received = new ReceivedTypes(WireTypePolicy.ForApplication(), "the master");
        Assert.Throws<WireFormatException>(() => ReadDefinitions(received, writer));
    }

    [Test]
    public void Many_threads_may_write_with_one_table()
    {
        var sent = new SentTypes();
        var values = new object[] { new Plain(), new Generic<int>(1), new Generic<string>("a"), new List<Plain>(), new Dictionary<int, Plain>(), new Generic<Generic<Plain>>(new(new())), new Plain[1], new Plain[1, 1] };
        var written = values.AsParallel().WithDegreeOfParallelism(8).SelectMany(_ => values).Select(value =>
        {
            var writer = new WireWriter(sent);
            WireSerializer.Default.Write(writer, value);
            return (value, Bytes: writer.WrittenSpan.ToArray());
        }).ToArray();
        var received = new ReceivedTypes(WireTypePolicy.ForApplication(), "the master");
        Define(sent, received);
        Assert.That(written.Select(one => Read(received, one.Bytes)!.GetType()), Is.EqualTo(written.Select(one => one.value.GetType())));
    }

    private static object? ReadNamed(byte kind, string assembly, Guid id, string type)
    {
        var writer = new WireWriter(new SentTypes());
        writer.WriteVarUInt(0);
        writer.WriteVarUInt(1);
        writer.WriteByte(kind);
        writer.WriteString(assembly);
        if (kind == Application)
        {
            writer.WriteBytes(id.ToByteArray());
        }

        writer.WriteString(type);
        var received = new ReceivedTypes(WireTypePolicy.ForApplication(), "rank 3 on host there");
        ReadDefinitions(received, writer);
        writer.Clear();
        writer.WriteVarUInt((ulong)FirstDefined() + 4);
        return Read(received, writer.WrittenSpan.ToArray());
    }

    private static int FirstDefined()
    {
        var sent = new SentTypes();
        var writer = new WireWriter(sent);
        WireSerializer.Default.Write(writer, new Plain());
        var reader = new WireReader(new ReceivedTypes(WireTypePolicy.ForApplication(), ""));
        reader.Reset(writer.WrittenSpan.ToArray(), 0, writer.Position, WireBlockSource.None);
        return (int)reader.ReadVarUInt() - 4;
    }

    private static void Define(SentTypes sent, ReceivedTypes received, int? from = null)
    {
        var writer = new WireWriter(sent);
        sent.WriteDefinitions(writer, from ?? received.Count);
        ReadDefinitions(received, writer);
    }

    private static void ReadDefinitions(ReceivedTypes received, WireWriter writer)
    {
        var reader = new WireReader(received);
        reader.Reset(writer.WrittenSpan.ToArray(), 0, writer.Position, WireBlockSource.None);
        received.ReadDefinitions(reader);
    }

    private static object? Read(ReceivedTypes received, byte[] bytes)
    {
        var reader = new WireReader(received);
        reader.Reset(bytes, 0, bytes.Length, WireBlockSource.None);
        return WireSerializer.Default.Read(reader);
    }

    public sealed class Plain
    {
        public int Value { get; set; }
    }

    private sealed record Generic<T>(T Value);

    private interface IShape;

    private sealed class Round : IShape;

    private sealed class Shaped
    {
        public IShape? Shape { get; set; }
    }
}
