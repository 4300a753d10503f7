using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using HpcRuntime.Hosting;
using HpcRuntime.Launcher;
using HpcRuntime.Processing;
using HpcRuntime.Tests.EndToEnd;
using HpcRuntime.Tests.Hosting;
using NUnit.Framework;

namespace HpcRuntime.Tests.Launcher;

/// <summary>The tool, up to where a processor begins.</summary>
internal sealed class HpcrunTests
{
    private readonly Lazy<ApplicationCatalogue> _applications = new(() => ApplicationCatalogue.From([typeof(HelloApplication).Assembly]));
    private FakeHost _host = new();

    [SetUp]
    public void Restart() => _host = new FakeHost();

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("help")]
    [TestCase("run", "--help")]
    public void Help_is_complete(params string[] args)
    {
        Assert.That(Run(args), Is.Zero);
        Assert.That(_host.Output, Does.Contain("hpcrun info [NAME]").And.Contain("--processor NAME").And.Contain("Exit codes:").And.Contain("HPCRUNTIME_SET=\"k=v;k=v\"").And.Contain("Options of the fabric sketch"));
    }

    [Test]
    public void Help_works_when_the_environment_is_wrong()
    {
        _host = new FakeHost(("HPCRUNTIME_SLAVES", "many"));

        Assert.That(Run("--help"), Is.Zero);
        Assert.That(Run("hello"), Is.EqualTo(2));
    }

    [Test]
    public void Version_is_one_line()
    {
        Assert.That(Run("--version"), Is.Zero);
        Assert.That(_host.Output, Is.EqualTo($"hpcrun {ProgramHost.VersionText}\n"));
    }

    [Test]
    public void List_shows_the_applications_with_a_line_each()
    {
        Assert.That(Run("list"), Is.Zero);
        Assert.That(_host.Output, Is.EqualTo("hello  Every rank says where it runs; the fabric describes itself.\n"));
    }

    [Test]
    public void Applications_beside_the_tool_are_found()
    {
        Assert.That(ApplicationCatalogue.BesideTheTool().Entries.Select(entry => entry.Name), Does.Contain("hello"));
    }

    [Test]
    public void Info_tells_of_the_machine_and_every_fabric()
    {
        Assert.That(Run("info", "--backend-path", Path.GetDirectoryName(TestApplications.Assembly)!), Is.Zero);
        Assert.That(_host.Output, Does.Contain("cores          8 allowed; 8 slaves by default").And.Contain("memory").And.Contain(".NET").And.Contain("MPI libraries"));
        Assert.That(_host.Output, Does.Contain("sample         not usable here: it is only a sample; take another fabric."));
        Assert.That(_host.Output, Does.Contain("--set sample.colour=VALUE  The colour of the sample. One of: red, blue. Default: red."));
    }

    [Test]
    public void Info_of_one_fabric_tells_of_that_one()
    {
        Assert.That(Run("info", "sketch"), Is.Zero);
        Assert.That(_host.Output, Is.EqualTo("  sketch         usable: 1 slave at most, in processes of their own\n"));
    }

    [TestCase("Unknown fabric 'nosuch'", "info", "nosuch")]
    [TestCase("hpcrun list: 'x' is one argument too many.", "list", "x")]
    [TestCase("no application 'helo'; did you mean 'hello'? there are hello", "run", "helo")]
    [TestCase("no application 'lst'; did you mean 'list'?", "lst")]
    [TestCase("there is no such file", "run", "no/such/My.dll")]
    [TestCase("unknown option --frobnicate", "list", "--frobnicate")]
    [TestCase("Unknown fabric 'nosuch'; known: ", "run", "hello", "--processor", "nosuch")]
    public void Bad_usage_is_one_line_and_ends_with_2(string expected, params string[] args)
    {
        Assert.That(Run(args), Is.EqualTo(2));
        Assert.That(_host.Error, Does.StartWith("error: ").And.Contain(expected));
        Assert.That(_host.Error.Count(letter => letter == '\n'), Is.EqualTo(1));
        Assert.That(_host.Output, Is.Empty);
    }

    [TestCase("run hello --processor sketch --dry-run", "hello", "none")]
    [TestCase("--processor sketch --dry-run", "hello", "none")]
    [TestCase("hello --processor sketch --dry-run", "hello", "none")]
    [TestCase("HELLO a --processor sketch --dry-run -- b", "HELLO", "a b")]
    public void Run_is_the_default_verb_and_hello_the_default_application(string args, string application, string arguments)
    {
        Assert.That(Run(args.Split(' ')), Is.Zero);
        Assert.That(_host.Output, Does.Contain($"application    {application}\narguments      {arguments}\n"));
    }

    [Test]
    public void An_application_is_loaded_from_a_file()
    {
        var name = TestApplications.Named("PrintingApplication");

        Assert.That(Run("run", name, "--processor", "sketch", "--dry-run"), Is.Zero);
        Assert.That(_host.Output, Does.Contain("application    " + name));
        Assert.That(ApplicationLoader.TryLoad(name, out var application), Is.True);
        Assert.That(application, Is.InstanceOf<Application>());
        Assert.That(application!.GetType().FullName, Is.EqualTo("HpcRuntime.Tests.Applications.PrintingApplication"));
    }

    [Test]
    public void A_file_with_several_applications_or_none_says_so()
    {
        Assert.That(() => ApplicationLoader.TryLoad(TestApplications.Assembly, out _), Throws.TypeOf<UsageException>().With.Message.Contains("SlowApplication").And.Message.Contains("choose with FILE:TYPE"));
        Assert.That(() => ApplicationLoader.TryLoad(typeof(Application).Assembly.Location, out _), Throws.TypeOf<UsageException>().With.Message.Contains("it has none"));
        Assert.That(() => ApplicationLoader.TryLoad(TestApplications.Named("NoSuch"), out _), Throws.TypeOf<UsageException>().With.Message.Contains("no public application HpcRuntime.Tests.Applications.NoSuch"));
    }

    [Test]
    public void A_file_without_something_it_needs_says_what()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "User.Application.dll");
            var core = typeof(object).Assembly;
            var missing = new PersistedAssemblyBuilder(new AssemblyName("Missing.Library"), core).DefineDynamicModule("Missing.Library").DefineType("Missing.Base", TypeAttributes.Public);
            var user = new PersistedAssemblyBuilder(new AssemblyName("User.Application"), core);
            missing.CreateType();
            user.DefineDynamicModule("User.Application").DefineType("User.Thing", TypeAttributes.Public, missing).CreateType();
            user.Save(file);

            Assert.That(() => ApplicationLoader.TryLoad(file, out _), Throws.TypeOf<UsageException>().With.Message.Contains("it needs Missing.Library"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void A_file_that_is_no_assembly_says_so()
    {
        var file = Path.ChangeExtension(Path.GetTempFileName(), ".dll");
        File.WriteAllText(file, "text");
        try
        {
            Assert.That(() => ApplicationLoader.TryLoad(file, out _), Throws.TypeOf<UsageException>().With.Message.Contains("not a .NET assembly"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Mpi_libraries_are_found_as_files()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "libmpi.so.40");
            File.WriteAllText(file, string.Empty);

            Assert.That(MpiLibraries.FindIn(["/no/such", folder.FullName, folder.FullName]), Is.EqualTo(new[] { $"Open MPI ({file})" }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private int Run(params string[] args) => new Hpcrun(_host.Host, _applications).Run(args);
}
