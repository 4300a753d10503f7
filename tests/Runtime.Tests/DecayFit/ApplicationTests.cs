using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using HpcRuntime.Examples.DecayFit;
using HpcRuntime.Hosting;
using NUnit.Framework;

namespace HpcRuntime.Tests.DecayFit;

public sealed class ApplicationTests
{
    [Test]
    public void The_main_job_can_be_found_as_decay_fit()
    {
        Assert.That(typeof(DecayFitApplication).GetCustomAttribute<ApplicationAttribute>()!.Name, Is.EqualTo("decay-fit"));
        Assert.That(Activator.CreateInstance<DecayFitApplication>(), Is.InstanceOf<Application>());
    }

    [TestCase("decay")]
    [TestCase("saturation")]
    [TestCase("inversion")]
    public void Generated_curves_repeat_and_can_be_fitted(string name)
    {
        var text = Generate("20", "12", "7", name);
        Assert.That(Generate("20", "12", "7", name), Is.EqualTo(text));
        Assert.That(Generate("20", "12", "8", name), Is.Not.EqualTo(text));
        var curves = CurveFile.Read("generated", new StringReader(text));
        var model = DecayModel.All.Single(known => known.Name == name);
        Assert.That(curves, Has.Count.EqualTo(20));
        Assert.That(ScriptedRun.InOrder(curves, new FitPlan(model, 20, 1)).Select(report => (report.Fit.Status, report.FailedSimulations)), Is.All.EqualTo(("ok", 0)));
    }

    private static string Generate(params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo("/bin/sh", [Path.Combine(Samples.Root, "scripts", "make-curves.sh"), .. arguments]) { RedirectStandardOutput = true })!;
        var text = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        Assert.That(script.ExitCode, Is.Zero);
        return text;
    }
}
