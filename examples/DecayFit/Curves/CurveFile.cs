using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Reads curves from CSV text in UTF-8: a header naming the columns <c>curve</c>, <c>x</c>, <c>y</c> and perhaps <c>sigma</c>, in any order;
/// lines that begin with <c>#</c> and blank lines are skipped; numbers are written with a point.</summary>
internal sealed class CurveFile
{
    private const string Shape = "curve,x,y or curve,x,y,sigma";

    private static readonly string[] Known = ["curve", "x", "y", "sigma"];

    private readonly string _name;
    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _order = [];
    private readonly Dictionary<string, List<(double X, double Y, double Sigma)>> _points = new(StringComparer.Ordinal);
    private string[] _header = [];
    private int _line;

    private CurveFile(string name) => _name = name;

    /// <summary>The curves of a file, in the order in which their names first appear.</summary>
    /// <exception cref="UsageException">The file cannot be read, or a line is not what it should be: the message names file, line, what was expected and what was found.</exception>
    public static IReadOnlyList<Curve> Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"Cannot read the curves of '{path}': it is a folder. Name a CSV file with the columns {Shape}.");
        }

        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, true));
            return Read(path, reader);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or DecoderFallbackException)
        {
            var why = failure is DecoderFallbackException ? "it is not UTF-8 text" : failure.Message;
            throw new UsageException($"Cannot read the curves of '{path}': {why}");
        }
    }

    /// <summary>The curves of a text; <paramref name="name"/> is what messages call it.</summary>
    /// <exception cref="UsageException">As for <see cref="Read(string)"/>.</exception>
    public static IReadOnlyList<Curve> Read(string name, TextReader text)
    {
        var file = new CurveFile(name);
        while (text.ReadLine() is { } line)
        {
            file._line++;
            file.TakeLine(line);
        }

        return file.Finish();
    }

    private void TakeLine(string line)
    {
        var trimmed = line.Trim();
        if (trimmed.Length == 0 || trimmed[0] == '#')
        {
            return;
        }

        var fields = Split(line);
        if (_header.Length == 0)
        {
            TakeHeader(fields);
        }
        else
        {
            TakePoint(fields);
        }
    }

    private void TakeHeader(string[] fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (!Known.Contains(fields[i], StringComparer.OrdinalIgnoreCase))
            {
                throw Wrong($"the header {Shape}", $"a column called {Quote(fields[i])}");
            }

            if (!_columns.TryAdd(fields[i], i))
            {
                throw Wrong("each column once in the header", $"{Quote(fields[i])} twice");
            }
        }

        if (Known.Take(3).FirstOrDefault(column => !_columns.ContainsKey(column)) is { } missing)
        {
            throw Wrong($"the header {Shape}", $"no column '{missing}'");
        }

        _header = fields;
    }

    private void TakePoint(string[] fields)
    {
        if (fields.SequenceEqual(_header, StringComparer.OrdinalIgnoreCase))
        {
            throw Wrong("a point", "the header a second time");
        }

        if (fields.Length != _header.Length)
        {
            throw Wrong(Invariant($"{_header.Length} fields ({string.Join(',', _header)})"), Invariant($"{fields.Length}"));
        }

        var name = fields[_columns["curve"]];
        if (name.Length == 0)
        {
            throw Wrong("the name of a curve in column 'curve'", "nothing");
        }

        var x = Number(fields, "x");
        var y = Number(fields, "y");
        var sigma = double.NaN;
        if (_columns.ContainsKey("sigma"))
        {
            sigma = Number(fields, "sigma");
            if (sigma <= 0)
            {
                throw Wrong("a standard deviation above 0 in column 'sigma'", Quote(fields[_columns["sigma"]]));
            }
        }

        if (!_points.TryGetValue(name, out var points))
        {
            _points.Add(name, points = []);
            _order.Add(name);
        }

        points.Add((x, y, sigma));
    }

    private double Number(string[] fields, string column)
    {
        var text = fields[_columns[column]];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw Wrong($"a finite number in column '{column}'", text.Length == 0 ? "nothing" : Quote(text));
    }

    private List<Curve> Finish()
    {
        if (_header.Length == 0)
        {
            throw new UsageException($"'{_name}' is empty: expected the header {Shape}, then one point a line.");
        }

        if (_order.Count == 0)
        {
            throw new UsageException(Invariant($"'{_name}' ends at line {_line} without a point: expected lines of {string.Join(',', _header)} below the header."));
        }

        var hasSigma = _columns.ContainsKey("sigma");
        return [.. _order.Select(name => new Curve(
            name,
            [.. _points[name].Select(point => point.X)],
            [.. _points[name].Select(point => point.Y)],
            hasSigma ? [.. _points[name].Select(point => point.Sigma)] : null))];
    }

    /// <summary>The fields of a line. A field in double quotes may hold commas and, doubled, quotes.</summary>
    private string[] Split(string line)
    {
        var fields = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < line.Length && char.IsWhiteSpace(line[at]))
            {
                at++;
            }

            fields.Add(at < line.Length && line[at] == '"' ? QuotedField(line, ref at) : PlainField(line, ref at));
            if (at >= line.Length)
            {
                return [.. fields];
            }

            at++;
        }
    }

    private static string PlainField(string line, ref int at)
    {
        var comma = line.IndexOf(',', at);
        var end = comma < 0 ? line.Length : comma;
        var field = line[at..end].Trim();
        at = end;
        return field;
    }

    private string QuotedField(string line, ref int at)
    {
        var field = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                field.Append(line[at]);
            }
            else if (at + 1 < line.Length && line[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                at++;
                var rest = PlainField(line, ref at);
                return rest.Length == 0 ? field.ToString() : throw Wrong("a comma behind a closing quote", Quote(rest));
            }
        }

        throw Wrong("a closing quote", "the end of the line");
    }

    private UsageException Wrong(string expected, string found) => new(Invariant($"{_name}: line {_line}: expected {expected}, found {found}."));

    private static string Quote(string text)
    {
        var shown = text.Length > 40 ? text[..40] + "..." : text;
        return $"'{new string([.. shown.Select(c => char.IsControl(c) ? '?' : c)])}'";
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
