using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Tests.DataParallel;

public sealed class ClosureTrimmerTests
{
    [Test]
    public void What_another_lambda_of_the_scope_captured_is_left_out()
    {
        var (stream, factor) = (new MemoryStream(), 3);
        Func<long> other = () => stream.Length;
        Func<int, int> function = x => x * factor;
        var trimmed = (Func<int, int>)ClosureTrimmer.Trim(function)!;
        Assert.That((trimmed(5), other()), Is.EqualTo((15, 0L)));
        Assert.That(Captured(trimmed), Has.None.InstanceOf<Stream>());
        Assert.That(Captured(function), Has.Some.InstanceOf<Stream>(), "The function itself is left alone.");
    }

    [Test]
    public void Variables_of_outer_scopes_that_are_used_stay()
    {
        var stream = new MemoryStream();
        var outer = 10;
        Func<long> other = () => stream.Length + outer;
        var functions = new List<Func<int>>();
        for (var i = 0; i < 3; i++)
        {
            var inner = i;
            functions.Add(() => outer + inner);
        }

        Assert.That(functions.Select(function => ((Func<int>)ClosureTrimmer.Trim(function)!)()), Is.EqualTo(new[] { 10, 11, 12 }));
        Assert.That(other(), Is.EqualTo(10));
    }

    [Test]
    public void What_a_captured_function_uses_stays()
    {
        var (stream, unit) = (new MemoryStream(), "m");
        Func<long> other = () => stream.Length;
        Func<int, string> inner = x => x + unit;
        Func<int, string> function = x => inner(x) + ";";
        Assert.That(((Func<int, string>)ClosureTrimmer.Trim(function)!)(4), Is.EqualTo("4m;"));
        Assert.That(other(), Is.Zero);
    }

    [Test]
    public void A_function_that_captured_itself_is_trimmed_with_itself()
    {
        var stream = new MemoryStream();
        Func<long> other = () => stream.Length;
        Func<int, int> factorial = null!;
        factorial = n => n <= 1 ? 1 : n * factorial(n - 1);
        Assert.That(((Func<int, int>)ClosureTrimmer.Trim(factorial)!)(5), Is.EqualTo(120));
        Assert.That(other(), Is.Zero);
    }

    [Test]
    public void Asynchronous_and_iterating_functions_keep_what_they_use()
    {
        var (stream, count) = (new MemoryStream(), 3);
        Func<long> other = () => stream.Length;
        Func<Task<int>> later = async () =>
        {
            await Task.Yield();
            return count;
        };
        IEnumerable<int> Numbers()
        {
            for (var i = 0; i < count; i++)
            {
                yield return i;
            }
        }

        Func<int> sum = () => Numbers().Sum();
        Assert.That(((Func<Task<int>>)ClosureTrimmer.Trim(later)!)().Result, Is.EqualTo(3));
        Assert.That(((Func<int>)ClosureTrimmer.Trim(sum)!)(), Is.EqualTo(3));
        Assert.That(other(), Is.Zero);
    }

    [Test]
    public void Where_everything_is_used_there_is_nothing_to_leave_out()
    {
        var factor = 2;
        Assert.That(ClosureTrimmer.Trim((Func<int, int>)(x => x * factor)), Is.Null);
        Assert.That(ClosureTrimmer.Trim((Func<int, int>)(static x => x)), Is.Null);
        Assert.That(ClosureTrimmer.Trim("abc".ToUpperInvariant), Is.Null);
    }

    [TestCase("Trim")]
    public void Functions_are_called_by_their_names(string expected)
    {
        int Local() => expected.Length;
        Assert.That(FunctionNames.Of((Func<Delegate, Delegate?>)ClosureTrimmer.Trim), Is.EqualTo(expected));
        Assert.That(FunctionNames.Of(Local), Is.EqualTo("Local"));
        Assert.That(FunctionNames.Of(() => 1), Is.EqualTo("lambda in " + nameof(Functions_are_called_by_their_names)));
    }

    private static IEnumerable<object?> Captured(Delegate function) =>
        function.Target!.GetType().GetFields().Select(field => field.GetValue(function.Target));
}
