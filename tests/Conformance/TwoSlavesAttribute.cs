using System;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>A promise that takes two slaves at once where they have no successors and no processor has slaves of its own. Its category, by which a runner chooses, is "TwoSlaves".</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TwoSlavesAttribute() : CategoryAttribute("TwoSlaves");
