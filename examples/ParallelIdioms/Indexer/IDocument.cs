namespace HpcRuntime.Examples.ParallelIdioms.Indexer;

/// <summary>Something to be indexed. It travels to a slave, which reads it there.</summary>
internal interface IDocument
{
    /// <summary>What the index calls it.</summary>
    string Name { get; }

    /// <summary>Its text without markup; null when it is no text at all. Called on a slave.</summary>
    string? Read();
}
