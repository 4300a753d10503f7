using System.Collections.Generic;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

/// <summary>A line that matched a pattern. One that matches two patterns is there twice.</summary>
/// <param name="Pattern">Which, from 0.</param>
/// <param name="Line">Without blanks at its ends.</param>
internal sealed record Match(int Pattern, string Line);

/// <summary>What a follower found in a file, in the order of the file.</summary>
/// <param name="File">Which, from 0.</param>
/// <param name="Matches">Perhaps none.</param>
/// <param name="Place">How far it has come.</param>
/// <param name="IsLast">Whether the line came that ends the file.</param>
internal sealed record Finds(int File, IReadOnlyList<Match> Matches, FilePlace Place, bool IsLast);

/// <summary>The master has taken the finds: more may come.</summary>
internal sealed record GoOn;
