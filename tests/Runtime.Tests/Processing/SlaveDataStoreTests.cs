using System;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

public sealed class SlaveDataStoreTests
{
    private SlaveDataStore _store = null!;

    [SetUp]
    public void MakeStore() => _store = new SlaveDataStore(3);

    [Test]
    public void A_command_sees_the_data_of_when_it_was_queued()
    {
        _store.Put("x", 1, true, "old");
        _store.Put("x", 4, true, "new");
        Assert.That((_store.At(1).Get<string>("x"), _store.At(3).Get<string>("x"), _store.At(4).Get<string>("x"), _store.At(9).Get<string>("x")), Is.EqualTo(("old", "old", "new", "new")));
        Assert.That(_store.At(0).TryGet<string>("x", out _), Is.False);
    }

    [Test]
    public void A_removed_value_is_gone_for_those_who_come_later()
    {
        _store.Put("x", 1, true, 5);
        _store.Put("x", 2, false, null);
        Assert.That(_store.At(1).Get<int>("x"), Is.EqualTo(5));
        Assert.That(_store.At(2).TryGet<int>("x", out _), Is.False);
        _store.Put("x", 3, true, 6);
        Assert.That(_store.At(3).Get<int>("x"), Is.EqualTo(6));
    }

    [Test]
    public void Versions_that_nobody_can_see_any_more_are_forgotten()
    {
        _store.Put("x", 1, true, "a");
        _store.Put("x", 2, true, "b");
        _store.Put("x", 5, true, "c");
        _store.Put("y", 3, true, "kept");
        _store.ForgetBefore(4);
        Assert.That((_store.At(4).Get<string>("x"), _store.At(5).Get<string>("x"), _store.At(5).Get<string>("y")), Is.EqualTo(("b", "c", "kept")));
        Assert.That(_store.At(1).TryGet<string>("x", out _), Is.False, "Version 1 is no more.");
    }

    [Test]
    public void What_was_forgotten_is_counted()
    {
        _store.Put("x", 1, true, "a", bytes: 100);
        _store.Put("x", 2, true, "b", bytes: 20);
        _store.Put("y", 3, true, "c", bytes: 3);
        Assert.That((_store.ForgetBefore(1), _store.ForgetBefore(2), _store.ForgetBefore(3)), Is.EqualTo((0L, 100L, 0L)));
    }

    [TestCase(5, 120L, false)]
    [TestCase(4, 100L, true)]
    public void What_a_new_value_replaces_goes_before_it_comes_unless_a_command_may_still_see_it(int oldest, long forgotten, bool oldIsThere)
    {
        _store.Put("x", 1, true, "a", bytes: 100);
        _store.Put("x", 2, true, "b", bytes: 20);
        _store.Put("y", 3, true, "kept", bytes: 3);

        Assert.That(_store.Forget(new DataHeader("x", 5, oldest, Present: true)), Is.EqualTo(forgotten));
        Assert.That(_store.At(4).TryGet<string>("x", out _), Is.EqualTo(oldIsThere));
        Assert.That(_store.At(4).Get<string>("y"), Is.EqualTo("kept"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_removed_value_leaves_no_name_behind(bool atOnce)
    {
        _store.Put("x", 1, true, "a");
        if (atOnce)
        {
            var removal = new DataHeader("x", 2, 2, Present: false);
            _store.Forget(removal);
            _store.Take(removal, new WireReader(new ReceivedTypes(WireTypePolicy.ForApplication(), "the master")), WireSerializer.Default);
        }
        else
        {
            _store.Put("x", 2, false, null);
            _store.ForgetBefore(2);
        }

        Assert.That(() => _store.At(9).Get<string>("x"), Throws.TypeOf<DataNotFoundException>().With.Message.Contain("nothing was sent"));
    }

    [Test]
    public void What_is_missing_is_named_with_what_is_there()
    {
        _store.Put("beta", 1, true, 1);
        _store.Put("alpha", 1, true, 1);
        _store.Put("later", 7, true, 1);
        var missing = Assert.Throws<DataNotFoundException>(() => _store.At(2).Get<int>("gamma"))!;
        Assert.That((missing.Name, missing.Rank), Is.EqualTo(("gamma", 3)));
        Assert.That(missing.Message, Does.Contain("known here: 'alpha', 'beta'."));
    }

    [Test]
    public void A_value_of_another_type_is_refused_by_name()
    {
        _store.Put("x", 1, true, "text");
        Assert.That(() => _store.At(1).Get<int>("x"), Throws.TypeOf<DataNotFoundException>().With.Message.Contain("it is a System.String, asked for as System.Int32"));
        Assert.That(_store.At(1).TryGet<int>("x", out _), Is.False);
        Assert.That(_store.At(1).Get<object>("x"), Is.EqualTo("text"));
    }

    [Test]
    public void Null_is_a_value_where_the_type_has_one()
    {
        _store.Put("x", 1, true, null);
        Assert.That(_store.At(1).Get<string?>("x"), Is.Null);
        Assert.That(_store.At(1).TryGet<int?>("x", out var number) && number is null, Is.True);
        Assert.That(() => _store.At(1).Get<int>("x"), Throws.TypeOf<DataNotFoundException>());
    }

    [Test]
    public void A_value_that_does_not_decode_fails_for_whoever_asks_for_it_and_nobody_else()
    {
        var types = new SentTypes();
        var writer = new WireWriter(types);
        var header = new DataHeader("bad", 1, 1, Present: true);
        var reader = new WireReader(new ReceivedTypes(WireTypePolicy.ForApplication(), "the master"));
        var bytes = writer.WrittenSpan.ToArray();
        reader.Reset(bytes, 0, bytes.Length, WireBlockSource.None);
        _store.Take(header, reader, WireSerializer.Default);
        _store.Put("good", 1, true, 42);

        Assert.That(() => _store.At(1).Get<int>("bad"), Throws.TypeOf<DataNotFoundException>().With.Message.Contain("does not decode"));
        Assert.That(_store.At(1).TryGet<int>("bad", out _), Is.False);
        Assert.That(_store.At(1).Get<int>("good"), Is.EqualTo(42));
    }

    [Test]
    public void A_name_is_asked_for()
    {
        Assert.That(() => _store.At(1).Get<int>(null!), Throws.TypeOf<ArgumentNullException>());
    }
}
