using System;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>Programs as commands.</summary>
internal static class ExternalCommands
{
    internal static int Run(Processor processor)
    {
        var sorted = processor.Execute(new ExternalCommand("sort", "-n") { InputText = "10\n9\n8\n" });
        Console.WriteLine($"{sorted.OutText.ReplaceLineEndings(" ")}in {sorted.Out.Length} bytes");   // both streams, byte for byte

        string[] words = ["a b", "it's", "$HOME"];
        var jobs = words.Select(word => processor.Submit(new ExternalCommand("printf", "[%s]", word))).ToArray();
        Console.WriteLine(string.Concat(jobs.Select(job => job.Result.OutText)));                      // arguments, and no shell

        try
        {
            processor.Execute(ExternalCommand.Shell("echo to no avail >&2; exit 3"));                  // a shell when asked for
        }
        catch (ExternalCommandException failed)
        {
            Console.WriteLine($"{failed.Result.ExitCode}: {failed.Result.ErrorText.Trim()}");
        }

        var checkedHere = processor.Execute(new ExternalCommand("false") { CheckExitCode = false, Timeout = TimeSpan.FromSeconds(10) });
        Console.WriteLine(checkedHere.ExitCode);                                                       // every end is a value
        return 0;
    }
}
