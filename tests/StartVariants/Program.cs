using System;
using System.IO;
using HpcRuntime.Hosting;
using HpcRuntime.Tests.StartVariants;

// One program for every way to start a .NET application. It leaves word each time its Main runs: in slaves it must not.
if (Environment.GetEnvironmentVariable("STARTVARIANTS_MAINS") is { } mains)
{
    File.AppendAllText(mains, $"{Environment.ProcessId}\n");
}

return HpcProgram.Run(args, VariantApplication.Work);
