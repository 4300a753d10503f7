using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using HpcRuntime.Hosting;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary>What is to be run and how: a command line of <c>hpcrun exec</c>, checked and typed. Nothing of the input has been read yet.</summary>
internal sealed record ExecPlan(CommandTemplate Template, IEnumerable<IReadOnlyList<string>> Input, ExecSettings Settings)
{
    internal HaltPolicy Halt { get; init; } = HaltPolicy.Never;

    /// <summary>Executions allowed for a job that fails.</summary>
    internal int Tries { get; init; } = 1;

    internal bool KeepsOrder { get; init; }

    internal bool Tags { get; init; }

    internal string? JobLog { get; init; }

    internal bool Resumes { get; init; }

    internal bool RepeatsFailed { get; init; }

    internal string? Results { get; init; }

    /// <summary>The jobs, read lazily; once.</summary>
    internal IEnumerable<ExecJob> Jobs => Input.Select((values, place) => Template.Fill(place + 1, values));

    /// <summary>The plan of a command line.</summary>
    /// <exception cref="UsageException">Something in it makes no sense: one line.</exception>
    internal static ExecPlan From(ExecArguments arguments, HostSettings settings, Func<string, string?> environment)
    {
        var template = new CommandTemplate(arguments.Template, arguments.Has("quote"), arguments.Value("replacement") ?? "{}", arguments.Value("shell") ?? ShellNeed.Choose(environment));
        var input = InputSources.Combine(Sources(arguments), arguments.Has("link"), Columns(arguments), arguments.Count("max-args") ?? 1, arguments.Has("no-run-if-empty"));
        var ungrouped = arguments.Has("ungroup");
        var plan = new ExecPlan(template, input, new ExecSettings(settings.Options.Timeout, arguments.Value("workdir"), ungrouped, settings.Options.MaxOutput))
        {
            Halt = arguments.Value("halt") is { } halt ? HaltPolicy.Parse(halt)
                : settings.Given.ContainsKey("error-policy") && settings.Options.ErrorPolicy == ErrorPolicy.FailFast ? HaltPolicy.SoonAfterFailure : HaltPolicy.Never,
            Tries = arguments.Count("retries") ?? 1,
            KeepsOrder = arguments.Has("keep-order"),
            Tags = arguments.Has("tag"),
            JobLog = arguments.Value("joblog"),
            Resumes = arguments.Has("resume") || arguments.Has("resume-failed"),
            RepeatsFailed = arguments.Has("resume-failed"),
            Results = arguments.Value("results"),
        };
        if (ungrouped && (plan.KeepsOrder || plan.Tags || plan.Results is not null || arguments.Has("group")))
        {
            throw new UsageException("--ungroup: output that does not pass through the master cannot be put in order, tagged, kept or grouped; leave out --keep-order, --tag, --results and --group.");
        }

        return plan.Resumes && plan.JobLog is null ? throw new UsageException("--resume needs the log of the earlier run: --joblog FILE.") : plan;
    }

    /// <summary>The common options with what this verb's own words mean for them.</summary>
    /// <exception cref="UsageException">A value is not allowed.</exception>
    internal static IReadOnlyList<string> CommonOptions(ExecArguments arguments, Func<string, string?> environment, int processorCount)
    {
        var common = new List<string>(arguments.Common);
        if (arguments.Value("jobs") is { } jobs)
        {
            common.Add("--slaves=" + CountJobs(jobs, MachineLimits.AllowedCores(environment, processorCount)));
        }

        if (arguments.Count("retries") is { } tries && !common.Exists(option => option.StartsWith("--max-attempts=", StringComparison.Ordinal)))
        {
            common.Add(FormattableString.Invariant($"--max-attempts={tries}"));
        }

        if (arguments.Has("bar") && !common.Exists(option => option.StartsWith("--progress=", StringComparison.Ordinal)))
        {
            common.Add("--progress=on");
        }

        if (arguments.Has("dry-run"))
        {
            common.Add("--dry-run");
        }

        return common;
    }

    private static string CountJobs(string text, int cores)
    {
        var match = Regex.Match(text, "^(?<sign>[+-]?)(?<number>[0-9]{1,6})(?<percent>%?)$");
        if (!match.Success || text == "0")
        {
            throw new UsageException($"--jobs {text}: not allowed; give a number of 1 or more, or 50%, +1, -1 of the {cores} allowed cores.");
        }

        var number = int.Parse(match.Groups["number"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        number = match.Groups["percent"].Length > 0 ? cores * number / 100 : number;
        number = match.Groups["sign"].Value switch
        {
            "+" => cores + number,
            "-" => cores - number,
            _ => number,
        };
        return FormattableString.Invariant($"{Math.Max(1, number)}");
    }

    private static List<InputSource> Sources(ExecArguments arguments)
    {
        var separator = Separator(arguments);
        var sources = arguments.Values("arg-file").Select(file => new InputSource(InputReader.ReadFile(file, separator), false)).ToList();
        foreach (var (word, values) in arguments.Sources)
        {
            var linked = word[^1] == '+';
            if (word.StartsWith("::::", StringComparison.Ordinal))
            {
                sources.AddRange(values.Select(file => new InputSource(InputReader.ReadFile(file, separator), linked)));
            }
            else
            {
                sources.Add(new InputSource(values, linked));
            }
        }

        if (sources is [{ Linked: true }, ..])
        {
            throw new UsageException($"{arguments.Sources[0].Word}: there is no source before it to go along with; give ::: or :::: first.");
        }

        return sources.Count == 0 ? [new InputSource(InputReader.ReadFile("-", separator), false)] : sources;
    }

    private static Regex? Columns(ExecArguments arguments)
    {
        if (arguments.Value("colsep") is not { } pattern)
        {
            return null;
        }

        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--colsep {pattern}: is no regular expression: {e.Message}");
        }
    }

    private static byte Separator(ExecArguments arguments)
    {
        if (arguments.Has("null"))
        {
            return 0;
        }

        return arguments.Value("delimiter") switch
        {
            null or "\\n" => (byte)'\n',
            "\\t" => (byte)'\t',
            "\\0" => 0,
            [var letter] when letter < 128 => (byte)letter,
            var other => throw new UsageException($"--delimiter {other}: not allowed; give one ASCII character, \\n, \\t or \\0."),
        };
    }
}
