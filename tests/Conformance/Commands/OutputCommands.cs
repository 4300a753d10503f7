using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>Prints on both streams as they are given, nothing added.</summary>
public sealed class PrintCommand(string output, string error = "") : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        Console.Out.Write(output);
        Console.Error.Write(error);
        return output.Length;
    }
}

/// <summary>Prints lines character by character.</summary>
public sealed class SlowPrintCommand(string line, int lines) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave)
    {
        for (var i = 0; i < lines; i++)
        {
            foreach (var letter in line)
            {
                Console.Write(letter);
            }

            Console.Write('\n');
        }
    }
}

/// <summary>Prints numbered lines of 100 bytes until <paramref name="bytes"/> are out.</summary>
public sealed class FloodCommand(long bytes) : SlaveCommand<long>
{
    /// <inheritdoc/>
    public override long Run(ISlaveContext slave)
    {
        long printed = 0;
        for (var line = 0; printed < bytes; line++)
        {
            Console.Out.Write($"{line,99}\n");
            printed += 100;
        }

        return printed;
    }
}

/// <summary>Prints from a thread, from a task and from itself.</summary>
public sealed class PrintFromThreadsCommand(string name) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave)
    {
        var thread = new Thread(() => Console.WriteLine($"{name} thread"));
        thread.Start();
        thread.Join();
        Task.Run(() => Console.WriteLine($"{name} task")).Wait();
        Console.WriteLine($"{name} itself");
    }
}

/// <summary>Prints, then goes on until its token is cancelled.</summary>
public sealed class PrintAndStayCommand(string output, string error, string? started = null) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        Console.Out.Write(output);
        Console.Error.Write(error);
        if (started is not null)
        {
            File.WriteAllText(started, string.Empty);
        }

        Pause.For(15_000, slave.Cancellation);
        slave.Cancellation.ThrowIfCancellationRequested();
        return 0;
    }
}

/// <summary>Prints so many numbered lines.</summary>
public sealed class PrintLinesCommand(int index, int lines) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave)
    {
        for (var i = 0; i < lines; i++)
        {
            Console.WriteLine($"{index}.{i}");
        }
    }
}
