using System.Linq;
using System.Text;

namespace HpcRuntime.Launcher.Exec;

/// <summary>What <c>hpcrun exec --help</c> prints.</summary>
internal static class ExecHelp
{
    private const string Usage = """
        Runs a command line for each value, on any fabric: the words of GNU parallel.

        Usage:
          hpcrun exec [options] [--] COMMAND [ARGUMENTS] [SOURCES]
          ... | hpcrun exec [options] [--] COMMAND [ARGUMENTS]

        Sources, behind the command; without any, values are the lines of standard input:
          ::: VALUES       these values; several sources are combined, the last changing fastest
          :::+ VALUES      values that go along with those of the source before
          :::: FILES       the lines of each file, a source each; - is standard input
          ::::+ FILES      lines that go along with the values of the source before

        Placeholders in the command; without any, the values are appended:
          {}  the value    {.}  without its extension    {/}  its file name    {//}  its folder    {/.}  its file name without extension
          {1} {2} {-1} {1/.}  the first, second, last value and so on    {#}  the job's number    {%}  the slave that runs it

        The words of the command, joined by blanks, are a line for the shell; values are quoted for it. A line without anything for
        a shell in it is started without one. Without a command, the values are the commands. Jobs find PARALLEL_SEQ and
        PARALLEL_JOBSLOT in their environment; their standard input is empty.

        Exit code: 0 when all jobs ended with 0, 1 when any did not, 4 when slaves were lost for good; 2 for a bad option or input.


        """;

    /// <summary>The text.</summary>
    internal static string Describe()
    {
        var text = new StringBuilder(Usage).Append("Options:\n");
        foreach (var option in ExecOptions.All)
        {
            text.Append("  ").Append(option.Usage).Append("\n      ").Append(option.Help).Append('\n');
        }

        text.Append("\nOf the options of hpcrun --help these mean something for jobs: -n, --processor, --timeout (ends a job with all it has started),\n--max-output (bytes of each stream), --max-attempts (when slaves are lost), --error-policy, --progress, --stats, --trace, --set.");
        return string.Join(System.Environment.NewLine, text.ToString().Split('\n').Select(line => line.TrimEnd()));
    }
}
