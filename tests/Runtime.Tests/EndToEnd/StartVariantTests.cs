using System;
using System.Collections.Generic;
using System.IO;
using NUnit.Framework;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>Slaves start the way the application was started, whichever that is: its Main does not run in them, its types and native libraries are found. <c>scripts/start-variants.sh</c> has the variants that need the runtime as a package.</summary>
[Platform("Linux")]
[Parallelizable(ParallelScope.None)]
internal sealed class StartVariantTests : IDisposable
{
    private const string CameHome = "sum 1.478254 of 8; in this process: False\n";
    private const string InLine = "sum 1.478254 of 8; in this process: True\n";
    private const string AheadOfTime = "compiled ahead of time (AOT)";
    private const string Trimmed = "trimmed or has StartupHookSupport set to false";
    private static readonly string[] OnProcess = ["--processor", "process", "-n", "2"];
    private static readonly string Assembly = Path.Combine(StartVariants.Built, "StartVariants.dll");
    private static readonly bool WithPackages = Environment.GetEnvironmentVariable("HPCRUNTIME_START_VARIANTS") == "all";
    private readonly StartVariants _variants = new();

    public void Dispose() => _variants.Dispose();

    [Test]
    public void An_assembly_given_to_dotnet() => AssertRuns(StartVariants.DotNet, [], [Assembly, .. OnProcess]);

    [Test]
    public void A_program_of_its_own() => AssertRuns(Path.Combine(StartVariants.Built, "StartVariants"), [], OnProcess);

    [Test]
    public void An_assembly_given_to_dotnet_exec_by_names_that_hold_in_one_folder_only() =>
        AssertRuns(StartVariants.DotNet, [], ["exec", "--depsfile", "StartVariants.deps.json", "--runtimeconfig", "StartVariants.runtimeconfig.json", "StartVariants.dll", .. OnProcess, "--set", "process.working-directory=/"], StartVariants.Built);

    [Test]
    public void An_assembly_given_to_hpcrun() =>
        AssertRuns(StartVariants.DotNet, [], [Path.Combine(AppContext.BaseDirectory, "hpcrun.dll"), "run", Assembly, .. OnProcess], mains: 0);

    [TestCaseSource(nameof(SingleFiles))]
    public void A_single_file(string kind, params string[] properties)
    {
        var program = _variants.Publish(kind, [.. properties, "-p:PublishSingleFile=true"]);
        Assert.That(Path.ChangeExtension(program, ".dll"), Does.Not.Exist, "All in one file.");
        AssertRuns(program, [], OnProcess);
        AssertRuns(program, [("LD_LIBRARY_PATH", _variants.LibraryFolder())], [.. OnProcess, "native"]);
    }

    [Test]
    public void A_native_library_of_a_package()
    {
        var assembly = _variants.CopyWithNativeLibrary();
        AssertRuns(StartVariants.DotNet, [], [assembly, .. OnProcess, "native"]);
        AssertRuns(StartVariants.DotNet, [], [Path.Combine(AppContext.BaseDirectory, "hpcrun.dll"), "run", assembly, .. OnProcess, "--", "native"], mains: 0);
    }

    [Test]
    public void A_native_library_that_the_system_finds() => AssertRuns(StartVariants.DotNet, [("LD_LIBRARY_PATH", _variants.LibraryFolder())], [Assembly, .. OnProcess, "native"]);

    [Test]
    public void A_native_library_that_the_application_finds() =>
        AssertRuns(StartVariants.DotNet, [("STARTVARIANTS_LIBRARY", Path.Combine(_variants.LibraryFolder(), "libstartvariants.so"))], [Assembly, .. OnProcess, "resolver"]);

    [Test]
    public void A_native_library_that_nobody_finds_is_an_exception_of_the_command()
    {
        var (code, _, error) = _variants.Run(StartVariants.DotNet, [], [Assembly, .. OnProcess, "native"]);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Match("error: Command [0-9]+ \\(VariantCommand\\) failed on rank [12] .*System.DllNotFoundException: .*startvariants"));
    }

    [TestCaseSource(nameof(Refused))]
    public void An_application_that_cannot_be_started_again_says_so_in_one_line_and_ends_with_3(Func<StartVariants, string[]> program, string why)
    {
        var command = program(_variants);
        var (code, output, error) = _variants.Run(command[0], [], [.. command[1..], .. OnProcess]);
        Assert.That((code, output), Is.EqualTo((3, string.Empty)), error);
        Assert.That(error, Does.StartWith("error: Fabric 'process' cannot run here: the application is " + why));
        Assert.That(error.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1), "One clear line.");
        if (why != AheadOfTime)
        {
            Assert.That(_variants.Run(command[0], [], [.. command[1..], "--processor", "thread", "-n", "2"]), Is.EqualTo((0, InLine, string.Empty)), "Other fabrics work.");
        }
    }

    [TestCase("HPCRUNTIME_DEBUG", "1")]
    [TestCase("HPCRUNTIME_DEBUG", "0", "--debug")]
    public void Under_debug_everything_runs_in_line_on_the_master(string variable, string value, params string[] options) =>
        Assert.That(_variants.Run(StartVariants.DotNet, [(variable, value)], [Assembly, .. OnProcess, .. options]), Is.EqualTo((0, InLine, string.Empty)));

    [Test]
    public void A_slave_of_another_build_is_refused_with_its_host_and_its_file()
    {
        var folder = _variants.Copy("rebuilt");
        var library = Path.Combine(folder, "HpcRuntime.dll");
        using var program = HpcrunProcess.StartProgram(Path.Combine(folder, "StartVariants.dll"), [], "--processor", "process", "-n", "1", "wait");
        program.WaitForLine("waiting");
        var (ours, theirs) = StartVariants.Rebuild(library);
        Assert.That(ChildProcesses.KillOne(program.Id, 0), Is.True, "The slave that is started in its place loads the new file.");
        var (code, _, error) = program.WaitForExit();

        Assert.That(code, Is.EqualTo(4));
        Assert.That(error, Does.Match($"error: Command [0-9]+ \\(VariantCommand\\): no slave is left .*runs another build of HpcRuntime: {library} on host {Environment.MachineName} has module version id {theirs}, the master's {library} on host {Environment.MachineName} has {ours}\\. Give every rank the same build"));
    }

    private static IEnumerable<TestCaseData> SingleFiles()
    {
        yield return new TestCaseData("with-installed-runtime", new[] { "--no-restore", "--self-contained", "false" });
        if (WithPackages)
        {
            yield return new TestCaseData("with-its-own-runtime", new[] { "--self-contained", "true", "-p:EnableRuntimePackDownload=true" });
        }
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return new TestCaseData((StartVariants variants) => new[] { StartVariants.DotNet, variants.CopyWithSwitch("System.StartupHookProvider.IsSupported", false) }, Trimmed).SetArgDisplayNames("without startup hooks");
        yield return new TestCaseData((StartVariants variants) => new[] { StartVariants.DotNet, variants.CopyWithSwitch("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported", false) }, AheadOfTime).SetArgDisplayNames("ahead of time");
        if (WithPackages)
        {
            yield return new TestCaseData((StartVariants variants) => new[] { variants.Publish("trimmed", "--self-contained", "true", "-p:PublishTrimmed=true", "-p:EnableRuntimePackDownload=true", "-p:TreatWarningsAsErrors=false", "-p:SuppressTrimAnalysisWarnings=true") }, Trimmed).SetArgDisplayNames("trimmed");
        }
    }

    private void AssertRuns(string program, (string Name, string Value)[] environment, string[] arguments, string? folder = null, int mains = 1)
    {
        _variants.TakeMains();
        Assert.That(_variants.Run(program, environment, arguments, folder), Is.EqualTo((0, CameHome, string.Empty)));
        Assert.That(_variants.TakeMains(), Is.EqualTo(mains), "Main runs in the master and nowhere else.");
    }
}
