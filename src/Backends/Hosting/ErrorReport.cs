using System;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;
using System.Text;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>What is told on standard error of an exception that ended a program: once, and in full.</summary>
internal static class ErrorReport
{
    private const int FailuresInFull = 10;

    /// <summary>The text. One line for what the user can mend at the command line; with remote stack and captured output for a command; with type and stack for the rest.</summary>
    internal static string Describe(Exception exception)
    {
        switch (exception)
        {
            case UsageException or UnknownFabricException or FabricUnavailableException:
                return "error: " + exception.Message;
            case CommandException or CommandCancelledException:
                return "error: " + exception.Message;
            case AggregateException many:
                var all = many.Flatten().InnerExceptions;
                return all.Count == 1 ? Describe(all[0]) : DescribeAll(all);
            default:
                return "error: " + exception;
        }
    }

    private static string DescribeAll(ReadOnlyCollection<Exception> all)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"error: {all.Count} failures");
        foreach (var exception in all.Take(FailuresInFull))
        {
            text.Append('\n').Append(Describe(exception));
        }

        var rest = all.Skip(FailuresInFull).GroupBy(NameOf).OrderByDescending(group => group.Count()).ToList();
        if (rest.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nand {all.Count - FailuresInFull} more: ");
            text.AppendJoin(", ", rest.Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} x {group.Key}")));
        }

        return text.ToString();
    }

    private static string NameOf(Exception exception) => exception is SlaveCommandException remote ? remote.RemoteType : exception.GetType().Name;
}
