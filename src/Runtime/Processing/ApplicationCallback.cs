using System;

namespace HpcRuntime.Processing;

/// <summary>The program that <see cref="ApplicationCallback"/> calls: <see cref="Run"/> runs on the master and its value becomes the exit code.</summary>
public interface IMasterProgram
{
    /// <summary>The whole program, on the master. Returns the exit code.</summary>
    int Run();
}

/// <summary>What the processor calls on the master: the classic way to start a program.</summary>
public class ApplicationCallback
{
    private readonly IMasterProgram? _master;

    /// <summary>A callback whose <see cref="InitMaster"/> runs <paramref name="master"/>.</summary>
    public ApplicationCallback(IMasterProgram master)
    {
        ArgumentNullException.ThrowIfNull(master);
        _master = master;
        InitMaster = _ => _master.Run();
    }

    /// <summary>A callback with its two parts.</summary>
    /// <param name="initMaster">The program; its value becomes the exit code.</param>
    /// <param name="handleException">Takes an exception that the program let through; null for the default: report once, end non-zero.</param>
    public ApplicationCallback(Func<Processor, int> initMaster, Action<Processor, Exception>? handleException = null)
    {
        ArgumentNullException.ThrowIfNull(initMaster);
        InitMaster = initMaster;
        HandleException = handleException;
    }

    /// <summary>The program, run on the master; its value becomes the exit code.</summary>
    public Func<Processor, int> InitMaster { get; set; }

    /// <summary>Takes an exception that <see cref="InitMaster"/> let through. Null for the default: report once on standard error.
    /// The exit code is non-zero in both cases.</summary>
    public Action<Processor, Exception>? HandleException { get; set; }
}
