using System;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>A promise for which processes of slaves are ended. Its category, by which a runner chooses, is "EndsSlaves".</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EndsSlavesAttribute() : CategoryAttribute("EndsSlaves");
