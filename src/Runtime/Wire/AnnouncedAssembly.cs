using System;

namespace HpcRuntime.Wire;

/// <summary>An assembly whose types may travel, and which build of it.</summary>
/// <param name="Name">Its simple name.</param>
/// <param name="ModuleVersionId">Differs between any two builds that differ.</param>
public readonly record struct AnnouncedAssembly(string Name, Guid ModuleVersionId);
