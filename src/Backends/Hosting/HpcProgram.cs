using System;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>A program's Main: options and environment to a processor, an application run on it, and an exit code. Every rank calls it; on a slave it does not return.
/// Common options are read up to <c>--</c>; plain arguments and everything after <c>--</c> are the application's. It behaves as <c>hpcrun run</c> does.</summary>
public static class HpcProgram
{
    /// <summary>Runs <paramref name="main"/> on the master.</summary>
    /// <param name="args">What Main was given.</param>
    /// <param name="main">The application; its value becomes the exit code.</param>
    /// <returns>The exit code: <see cref="ExitCodes"/>.</returns>
    public static int Run(string[] args, Func<Processor, int> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        return Run(args, (processor, _) => main(processor));
    }

    /// <summary>Runs <paramref name="main"/> on the master, with the application's arguments.</summary>
    /// <param name="args">What Main was given.</param>
    /// <param name="main">The application; its value becomes the exit code.</param>
    /// <returns>The exit code: <see cref="ExitCodes"/>.</returns>
    public static int Run(string[] args, Func<Processor, string[], int> main)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(main);
        return ProgramHost.ForConsole().Run(args, main);
    }

    /// <summary>Runs an application on the master.</summary>
    /// <param name="app">The application; the value of its Run becomes the exit code.</param>
    /// <param name="args">What Main was given.</param>
    /// <returns>The exit code: <see cref="ExitCodes"/>.</returns>
    public static int Run(Application app, string[] args)
    {
        ArgumentNullException.ThrowIfNull(app);
        return Run(args, app.Run);
    }
}
