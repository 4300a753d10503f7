using System.Globalization;
using System.Text.RegularExpressions;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary>What is done with the jobs that run when enough others have ended.</summary>
internal enum HaltWhen
{
    /// <summary>All jobs are run, come what may.</summary>
    Never,

    /// <summary>No new jobs are begun.</summary>
    Soon,

    /// <summary>Running ones are ended too.</summary>
    Now,
}

/// <summary>When <c>hpcrun exec</c> stops before its input ends: GNU parallel's <c>--halt</c>.</summary>
/// <param name="When">What becomes of running jobs.</param>
/// <param name="CountsFailures">Whether failed jobs count.</param>
/// <param name="CountsSuccesses">Whether jobs that ended well count.</param>
/// <param name="Count">So many must have ended.</param>
internal sealed partial record HaltPolicy(HaltWhen When, bool CountsFailures, bool CountsSuccesses, long Count)
{
    internal static HaltPolicy Never { get; } = new(HaltWhen.Never, false, false, long.MaxValue);

    /// <summary>Stops handing out after the first failure.</summary>
    internal static HaltPolicy SoonAfterFailure { get; } = new(HaltWhen.Soon, true, false, 1);

    [GeneratedRegex(@"^(?<when>now|soon),(?<what>fail|success|done)=(?<count>[1-9][0-9]*)$")]
    private static partial Regex Pattern { get; }

    /// <summary>Reads <c>never</c>, <c>soon,fail=1</c>, <c>now,success=3</c>, <c>now,done=10</c> or the old 0, 1 and 2.</summary>
    /// <exception cref="UsageException">It is none of these.</exception>
    internal static HaltPolicy Parse(string text)
    {
        switch (text)
        {
            case "never" or "0":
                return Never;
            case "1":
                return SoonAfterFailure;
            case "2":
                return SoonAfterFailure with { When = HaltWhen.Now };
            default:
                var match = Pattern.Match(text);
                if (!match.Success || !long.TryParse(match.Groups["count"].Value, CultureInfo.InvariantCulture, out var count))
                {
                    throw new UsageException($"--halt {text}: not allowed; give never, or soon or now with a number of jobs, such as now,fail=1, soon,success=3 or now,done=10.");
                }

                var what = match.Groups["what"].Value;
                return new(match.Groups["when"].Value == "now" ? HaltWhen.Now : HaltWhen.Soon, what != "success", what != "fail", count);
        }
    }

    /// <summary>Whether it is enough.</summary>
    internal bool IsReached(long failed, long succeeded) => When != HaltWhen.Never && (CountsFailures ? failed : 0) + (CountsSuccesses ? succeeded : 0) >= Count;
}
