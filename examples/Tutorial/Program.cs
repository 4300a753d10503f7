using HpcRuntime.Examples.Tutorial;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

return HpcProgram.Run(args, (processor, words) => string.Join(' ', words) switch
{
    "first" => FirstCommand.Run(processor),
    "results" => ResultsAndMemos.Run(processor),
    "errors" => Errors.Run(processor),
    "output" => Output.Run(processor),
    "random" => RandomNumbers.Run(processor),
    "data" => SharedData.Run(processor),
    "futures" => Futures.Run(processor),
    var other => throw new UsageException($"'{other}' is no step; there are first, results, errors, output, random, data and futures."),
});
