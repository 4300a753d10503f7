using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Reads a command line before the parser does, for what CommandLineParser 2.9 lets pass: an option without its value, a switch with one, an option given twice.
/// It also gathers the settings, because the parser's sequences swallow the plain arguments that follow them: in <c>--set a.b=1 decay-fit</c> the application would become a setting.</summary>
internal sealed class ArgumentScanner
{
    /// <summary>Stands between settings that travel as one value; no argument can hold it.</summary>
    internal const char Separator = '\0';

    private readonly IReadOnlyList<string> _args;
    private readonly List<string> _others = [];
    private readonly List<string> _sets = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private int _next;

    private ArgumentScanner(IReadOnlyList<string> args) => _args = args;

    /// <summary>The arguments for the parser, settings last and joined.</summary>
    /// <exception cref="UsageException">A value is missing or not wanted, or an option is given twice.</exception>
    internal static IReadOnlyList<string> Scan(IReadOnlyList<string> args)
    {
        var scanner = new ArgumentScanner(args);
        while (scanner._next < args.Count)
        {
            scanner.ScanNext();
        }

        return scanner._sets.Count == 0 ? scanner._others : [.. scanner._others, "--set=" + string.Join(Separator, scanner._sets)];
    }

    private void ScanNext()
    {
        var argument = _args[_next++];
        var (option, value) = Match(argument);
        if (option is null)
        {
            // Plain, or unknown to the parser as well.
            _others.Add(argument);
            return;
        }

        if (option.Name != "set" && !_seen.Add(option.Name))
        {
            throw new UsageException($"--{option.Name} is given more than once.");
        }

        if (option.MetaValue.Length == 0)
        {
            _others.Add(value is null ? argument : throw new UsageException($"--{option.Name} is a switch and takes no value, but was given '{value}'."));
            return;
        }

        value ??= TakeValue() ?? throw new UsageException($"--{option.Name} needs a value: {option.MetaValue}.");
        if (option.Name == "set")
        {
            _sets.Add(value);
        }
        else
        {
            _others.Add($"--{option.Name}={value}");
        }
    }

    private string? TakeValue()
    {
        if (_next == _args.Count || (_args[_next].StartsWith('-') && !(_args[_next].Length > 1 && char.IsAsciiDigit(_args[_next][1]))))
        {
            return null;
        }

        return _args[_next++];
    }

    private static (OptionDescription? Option, string? Value) Match(string argument)
    {
        if (argument.StartsWith("--", StringComparison.Ordinal))
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument[2..] : argument[2..equals];
            return (OptionTable.All.FirstOrDefault(option => option.Name == name), equals < 0 ? null : argument[(equals + 1)..]);
        }

        if (argument.Length < 2 || argument[0] != '-')
        {
            return (null, null);
        }

        var match = OptionTable.All.FirstOrDefault(option => option.ShortName == argument[1..2]);
        return (match, argument.Length == 2 ? null : argument[2] == '=' ? argument[3..] : argument[2..]);
    }
}
