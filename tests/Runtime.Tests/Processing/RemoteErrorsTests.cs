using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

public sealed class RemoteErrorsTests
{
    [Test]
    public void Type_message_and_stack_of_each_link_come_home()
    {
        var chain = Travel(Thrown(new InvalidDataException("outer", new FormatException("inner"))));
        Assert.That(chain.Select(link => (link.Type, link.Message)), Is.EqualTo(new[] { ("System.IO.InvalidDataException", "outer"), ("System.FormatException", "inner") }));
        Assert.That(chain[0].Stack, Does.Contain(nameof(Thrown)));
        Assert.That(chain[1].Stack, Is.Empty, "It was never thrown.");
    }

    [Test]
    public void No_error_is_an_empty_chain()
    {
        Assert.That(Travel(null), Is.Empty);
    }

    [Test]
    public void All_of_an_aggregate_come_home()
    {
        var chain = Travel(new AggregateException("several", new FormatException("a", new IOException("a's cause")), new TimeoutException("b")));
        Assert.That(chain.Select(link => link.Type), Is.EqualTo(new[] { "System.AggregateException", "System.FormatException", "System.IO.IOException", "System.TimeoutException" }));
    }

    [Test]
    public void An_exception_whose_message_throws_hides_nothing_but_its_message()
    {
        var chain = Travel(Thrown(new UnspeakableException(new IOException("the cause"))));
        Assert.That(chain.Select(link => link.Message), Is.EqualTo(new[] { "(asking the exception for its text threw System.NotSupportedException)", "the cause" }));
        Assert.That(chain[0].Type, Does.Contain(nameof(UnspeakableException)));
    }

    [Test]
    public void A_chain_without_end_is_cut()
    {
        Exception deep = new IOException("0");
        for (var i = 1; i < 1000; i++)
        {
            deep = new IOException($"{i}", deep);
        }

        Assert.That(Travel(deep).Select(link => link.Message), Is.EqualTo(Enumerable.Range(0, 16).Select(i => $"{999 - i}")));
        Assert.That(Travel(new AggregateException(Enumerable.Repeat(new IOException("x"), 100))), Has.Count.EqualTo(16));
    }

    [Test]
    public void A_text_without_end_is_cut()
    {
        var message = Travel(new IOException(new string('x', 1_000_000)))[0].Message;
        Assert.That((message.Length, message[^5..]), Is.EqualTo(((64 * 1024) + 6, "[cut]")));
    }

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    private static List<RemoteError> Travel(Exception? error)
    {
        var writer = new WireWriter(new SentTypes());
        RemoteErrors.Write(writer, error);
        var bytes = writer.WrittenSpan.ToArray();
        var reader = new WireReader(new ReceivedTypes(WireTypePolicy.ForApplication(), "rank 1"));
        reader.Reset(bytes, 0, bytes.Length, WireBlockSource.None);
        var chain = RemoteErrors.Read(reader);
        Assert.That(reader.Remaining, Is.Zero);
        return chain;
    }

    private sealed class UnspeakableException(Exception cause) : Exception("never seen", cause)
    {
        public override string Message => throw new NotSupportedException();
    }
}
