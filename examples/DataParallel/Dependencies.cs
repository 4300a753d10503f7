using System;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>Commands that come after others.</summary>
internal static class Dependencies
{
    internal static int Run(Processor processor)
    {
        var read = processor.Submit(() => 4, new FutureOptions { Label = "read" });
        var check = processor.Submit(Check, new FutureOptions { Label = "check" }, after: [read]);
        var fit = processor.Submit(() => 1, new FutureOptions { Label = "fit" }, after: [check]);
        var tidy = processor.Submit(() => "tidied up", new FutureOptions { AfterPolicy = AfterPolicy.Failure }, after: [check]);
        try
        {
            fit.GetAwaiter().GetResult();
        }
        catch (PrerequisiteException refused)
        {
            Console.WriteLine($"{refused.Command.Label} was not run: {refused.Prerequisite.Label} {refused.Prerequisite.Status}");
        }

        Console.WriteLine(tidy.Result);
        Console.WriteLine(check.Exception!.InnerException is SlaveCommandException failed ? failed.RemoteMessage : "?");

        var graph = new CommandGraph()                                              // names, also before they are given
            .Add("report", () => "report", after: ["left", "right"])
            .Add("left", () => 1)
            .Add("right", () => 2);
        Console.WriteLine(((Task<string>)graph.Submit(processor)["report"]).Result);
        return 0;
    }

    private static int Check() => throw new FormatException("line 3 is no number");
}
