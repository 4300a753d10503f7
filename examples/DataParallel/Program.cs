using HpcRuntime.Examples.Cookbook;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

return HpcProgram.Run(args, (processor, words) => string.Join(' ', words) switch
{
    "functions" => FunctionsAndFutures.Run(processor),
    "dependencies" => Dependencies.Run(processor),
    "maps" => Maps.Run(processor),
    "lazy" => LazyMaps.Run(processor),
    "reductions" => Reductions.Run(processor),
    "sections" => Sections.Run(processor),
    "conversations" => StreamsAndConversations.Run(processor),
    "external" => ExternalCommands.Run(processor),
    "observation" => Observation.Run(processor),
    var other => throw new UsageException($"'{other}' is no recipe; there are functions, dependencies, maps, lazy, reductions, sections, conversations, external and observation."),
});
