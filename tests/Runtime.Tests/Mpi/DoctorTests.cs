using System;
using System.IO;
using System.Runtime.Versioning;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <summary>What <c>hpcrun doctor</c> says of what fails, with the fix. The other host is this machine as an agent shows it: in a mount namespace of its own where files shall differ.</summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
[NonParallelizable]
internal sealed class DoctorTests
{
    private const string Unreachable = "echo 'no route to there' >&2; exit 255";
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("doctor-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Without_a_launcher_the_packages_are_named()
    {
        var (code, output, _) = HpcrunProcess.Run([("PATH", "/nowhere")], "doctor");

        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("FAIL  MPI launcher ").And.Contain("fix: apt install mpich (or openmpi-bin)").And.EndWith("Not all is well: see FAIL above.\n"));
    }

    [Test]
    public void More_slots_than_cores_are_told_with_the_line_for_the_host_file()
    {
        var (code, output) = Doctor("localhost slots=4096", Unreachable);

        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(output, Does.Match(@"FAIL  host localhost     has 4096 slots on \d+ cores").And.Match(@"fix: write `localhost slots=\d+` into the host file"));
    }

    [Test]
    public void Settings_that_lead_to_no_other_host_are_told()
    {
        var (code, output) = Doctor("there\nelsewhere", Unreachable, "", ("UCX_TLS", "self,sm"));

        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("FAIL  UCX                UCX_TLS=self,sm has nothing that leads to another host").And.Contain("fix: unset UCX_TLS, or add tcp").And.Contain("note  Open MPI           over TCP it may end the whole job"));
    }

    [Test]
    public void A_host_that_cannot_be_reached_is_told_in_its_agents_words()
    {
        var (code, output) = Doctor("there", Unreachable);

        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(output, Does.Match("FAIL  host there         cannot be reached: .* ended with code 255: no route to there").And.Contain("there true` must work without a question").And.Contain("MPI itself is not tried before every host answers."));
    }

    [Test]
    public void A_host_without_the_working_directory_is_told()
    {
        var (code, output) = Doctor("there", Elsewhere("", Path.GetDirectoryName(Directory.GetCurrentDirectory())!));

        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("FAIL  host there         has no directory " + Directory.GetCurrentDirectory()).And.Contain("fix: start the run in a directory that all hosts share"));
    }

    [Test]
    public void A_host_without_the_tool_is_told()
    {
        var (code, output) = Doctor("there", Elsewhere("", AppContext.BaseDirectory));

        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("FAIL  host there         cannot run `").And.Contain("fix: install .NET and the application at the same place on every host"));
    }

    [Test]
    public void A_host_with_the_same_build_of_the_application_is_well()
    {
        var (_, output) = Doctor("there\nelsewhere", "[ $1 = there ] || exit 255; shift; exec /bin/sh -c \"$*\"", Application("App.dll", "build 1"));

        Assert.That(output, Does.Match("ok    application        .*/App.dll, 3 files in its build").And.Contain("ok    host there         has the same App.dll, with all 3 files of its build"));
    }

    [TestCase("here")]
    [TestCase("here/folder")]
    public void A_host_without_the_application_is_told(string folder)
    {
        var application = Application("App.dll", "build 1", folder);
        var (code, output) = Doctor("there", Elsewhere("", Path.Combine(_folder.FullName, "here")), application);

        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain($"FAIL  host there         has no {application}").And.Contain("(dotnet publish into it)"));
    }

    [Test]
    public void A_host_with_another_build_of_the_application_is_told_with_the_files()
    {
        var application = Application("App.dll", "build 1");
        var other = Application("App.dll", "build 2", "there");
        File.Delete(Path.Combine(Path.GetDirectoryName(other)!, "App.deps.json"));
        var (code, output) = Doctor("there", Elsewhere(Path.GetDirectoryName(other)!, Path.GetDirectoryName(application)!), application: application + ":My.Application");

        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("FAIL  host there         has another build of App.dll: other App.dll; missing App.deps.json"));
    }

    [Test]
    public void A_host_that_cannot_compare_is_told_apart()
    {
        var (_, output) = Doctor("there\nelsewhere", "[ $1 = there ] || exit 255; shift; PATH=/nowhere exec /bin/sh -c \"$*\"", Application("App.dll", "build 1"));

        Assert.That(output, Does.Match("note  host there         has .*/App.dll; without sha256sum there its build cannot be compared"));
    }

    [Test]
    public void An_application_that_is_nowhere_is_one_line_and_ends_with_2()
    {
        var (code, output, error) = HpcrunProcess.Run("doctor", "no/App.dll");

        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Does.StartWith("error: hpcrun doctor no/App.dll: there is no such file (/").And.EndWith("/no/App.dll).\n"));
    }

    private (int Code, string Output) Doctor(string host, string agent, string application = "", params (string Name, string Value)[] variables)
    {
        var (hosts, script) = (Path.Combine(_folder.FullName, "hosts"), Path.Combine(_folder.FullName, "agent"));
        File.WriteAllText(hosts, host);
        File.WriteAllText(script, "#!/bin/sh\n" + agent + "\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] words = ["doctor", .. application.Length > 0 ? new[] { application } : [], "--hostfile", hosts, "--set", "mpi.agent=" + script];
        var (code, output, error) = HpcrunProcess.Run(variables, words);
        return (code, output + error);
    }

    /// <summary>An agent for this machine, on which <paramref name="over"/> has what is in <paramref name="content"/>, or nothing.</summary>
    private string Elsewhere(string content, string over)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Mount namespaces need root, and in a container CAP_SYS_ADMIN.");
        }

        var folder = content.Length > 0 ? content : Directory.CreateDirectory(Path.Combine(_folder.FullName, "nothing")).FullName;
        return $"shift; exec unshare --mount /bin/sh -c 'mount --bind {folder} {over} && exec /bin/sh -c \"$1\"' sh \"$*\"";
    }

    private string Application(string name, string content, string folder = "here")
    {
        var file = Path.Combine(_folder.CreateSubdirectory(folder).FullName, name);
        File.WriteAllText(file, content);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(file)!, "Library.dll"), "the same");
        File.WriteAllText(Path.ChangeExtension(file, ".deps.json"), "{}");
        return file;
    }
}
