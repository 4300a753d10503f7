using System;
using System.IO;
using System.Linq;
using System.Text;
using HpcRuntime.Examples.DecayFit;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.DecayFit;

public sealed class CurveFileTests
{
    [Test]
    public void Curves_come_in_the_order_of_their_first_points_which_may_be_mixed()
    {
        var curves = Samples.Read("curve,x,y", "b,1,10", "a,1,20", "b,2,5");
        Assert.That(curves.Select(curve => curve.Name), Is.EqualTo(new[] { "b", "a" }));
        Assert.That(curves[0].X, Is.EqualTo(new[] { 1.0, 2.0 }));
        Assert.That(curves[0].Y, Is.EqualTo(new[] { 10.0, 5.0 }));
        Assert.That(curves[0].Sigma, Is.Null);
    }

    [Test]
    public void Comments_blank_lines_carriage_returns_spaces_and_a_byte_order_mark_are_let_pass()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "# source\r\n\r\n Curve , X ,y\r\n  # note\r\n a , 1 , -2.5e-3 \r\n\r\n", new UTF8Encoding(true));
            var curve = CurveFile.Read(path).Single();
            Assert.That((curve.Name, curve.X[0], curve.Y[0]), Is.EqualTo(("a", 1.0, -0.0025)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Columns_may_come_in_any_order_with_sigma()
    {
        var curve = Samples.Read("sigma,y,x,curve", "0.5,3,1,a").Single();
        Assert.That((curve.X[0], curve.Y[0], curve.Sigma![0]), Is.EqualTo((1.0, 3.0, 0.5)));
    }

    [Test]
    public void A_quoted_name_may_hold_commas_and_quotes() => Assert.That(Samples.Read("curve,x,y", "\"T2, \"\"slow\"\" #1\",1,2").Single().Name, Is.EqualTo("T2, \"slow\" #1"));

    [TestCase("curve,x,y", "a,1,2", "a,1;2,3,4", "line 3", "expected 3 fields (curve,x,y)", "found 4")]
    [TestCase("curve,x,y", "a,1,2", "a,1", "line 3", "expected 3 fields", "found 2")]
    [TestCase("curve,x,y", "# c", "a,one,2", "line 3", "expected a finite number in column 'x'", "found 'one'")]
    [TestCase("curve,x,y", "", "a,1,", "line 3", "expected a finite number in column 'y'", "found nothing")]
    [TestCase("curve,x,y", "a,1,NaN", "", "line 2", "expected a finite number in column 'y'", "found 'NaN'")]
    [TestCase("curve,x,y", "a,1,1e999", "", "line 2", "expected a finite number in column 'y'", "found '1e999'")]
    [TestCase("curve,x,y", "a,-Infinity,1", "", "line 2", "expected a finite number in column 'x'", "found '-Infinity'")]
    [TestCase("curve,x,y", "a,\"1,5\",1", "", "line 2", "expected a finite number in column 'x'", "found '1,5'")]
    [TestCase("curve,x,y", ",1,2", "", "line 2", "expected the name of a curve", "found nothing")]
    [TestCase("curve,x,y,sigma", "a,1,2,-1", "", "line 2", "expected a standard deviation above 0", "found '-1'")]
    [TestCase("curve,x,y,sigma", "a,1,2,0", "", "line 2", "expected a standard deviation above 0", "found '0'")]
    [TestCase("curve,x,y", "a,1,2", "curve,x,y", "line 3", "expected a point", "found the header a second time")]
    [TestCase("curve,x,x,y", "a,1,1,2", "", "line 1", "expected each column once", "found 'x' twice")]
    [TestCase("curve,x", "a,1", "", "line 1", "expected the header curve,x,y", "found no column 'y'")]
    [TestCase("curve,x,y,sigm", "a,1,1,1", "", "line 1", "expected the header curve,x,y", "found a column called 'sigm'")]
    [TestCase("a,1,2", "a,2,3", "", "line 1", "expected the header curve,x,y", "found a column called 'a'")]
    [TestCase("curve,x,y", "\"a,1,2", "", "line 2", "expected a closing quote", "found the end of the line")]
    [TestCase("curve,x,y", "\"a\"b,1,2", "", "line 2", "expected a comma behind a closing quote", "found 'b'")]
    public void A_malformed_line_is_named_with_what_was_expected_and_found(string first, string second, string third, string line, string expected, string found)
    {
        var failure = Assert.Throws<UsageException>(() => Samples.Read(first, second, third))!;
        Assert.That(failure.Message, Does.StartWith("input.csv: " + line + ":").And.Contains(expected).And.Contains(found));
    }

    [Test]
    public void An_empty_file_says_what_belongs_in_it() =>
        Assert.That(Assert.Throws<UsageException>(() => Samples.Read("# nothing", ""))!.Message, Is.EqualTo("'input.csv' is empty: expected the header curve,x,y or curve,x,y,sigma, then one point a line."));

    [Test]
    public void A_file_without_points_says_so() =>
        Assert.That(Assert.Throws<UsageException>(() => Samples.Read("curve,x,y"))!.Message, Does.Contain("ends at line 1 without a point"));

    [Test]
    public void A_binary_line_is_shown_without_its_control_characters() =>
        Assert.That(Assert.Throws<UsageException>(() => Samples.Read("\u0001\u001b[2J" + new string('x', 500)))!.Message, Does.Contain("'??[2Jx").And.Length.LessThan(200));

    [Test]
    public void A_file_that_is_not_there_a_folder_and_bytes_that_are_not_text_are_usage_errors()
    {
        Assert.That(Assert.Throws<UsageException>(() => CurveFile.Read("no-such-file.csv"))!.Message, Does.Contain("no-such-file.csv"));
        Assert.That(Assert.Throws<UsageException>(() => CurveFile.Read(AppContext.BaseDirectory))!.Message, Does.Contain("it is a folder"));
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [0xff, 0xfe, 0xfd, 0x80, 0x0a]);
            Assert.That(Assert.Throws<UsageException>(() => CurveFile.Read(path))!.Message, Does.Contain(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
