using System;
using System.IO;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>The assembly of tests/Applications, as its build left it: in a folder of its own, as a user's would be.</summary>
internal static class TestApplications
{
    /// <summary>Full path of the assembly.</summary>
    internal static string Assembly { get; } = Find();

    /// <summary>What to say after <c>hpcrun run</c> for one of its classes.</summary>
    internal static string Named(string type) => Assembly + ":HpcRuntime.Tests.Applications." + type;

    private static string Find()
    {
        // .../tests/Runtime.Tests/bin/CONFIGURATION/FRAMEWORK/
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var tests = framework.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(tests.FullName, "Applications", "bin", framework.Parent.Name, framework.Name, "HpcRuntime.Tests.Applications.dll");
    }
}
