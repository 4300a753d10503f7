using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using HpcRuntime.Commands;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Who writes a line to standard output.</summary>
public enum Writer
{
    Managed,
    NativeCall,
    NativeBuffer,
    NativeFormat,
    ChildProcess,
}

/// <summary>Ten lines from all kinds of writers in turn; child processes take part where the number is a multiple of ten.</summary>
public sealed class MixedWriterCommand(int number) : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        for (var line = 0; line < 10; line++)
        {
            var writer = (Writer)((number + line) % 5);
            Write(writer == Writer.ChildProcess && number % 10 != 0 ? Writer.Managed : writer, $"{number}.{line}");
        }
    }

    internal static void Write(Writer writer, string text)
    {
        switch (writer)
        {
            case Writer.NativeCall:
                _ = SystemCalls.Write(1, text + "\n", (nuint)text.Length + 1);
                break;
            case Writer.NativeBuffer:
                _ = SystemCalls.Put(text);
                break;
            case Writer.NativeFormat:
                _ = SystemCalls.Print(text + "\n");
                break;
            case Writer.ChildProcess:
                using (var child = Process.Start("/bin/echo", [text]))
                {
                    child.WaitForExit();
                }

                break;
            default:
                Console.WriteLine(text);
                break;
        }
    }
}

/// <summary>Prints the time, waits until the file NAME.LINE is there, and so on: without its lines at the master it never ends.</summary>
public sealed class AnsweredWriterCommand(string name, Writer writer, int lines) : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        for (var line = 0; line < lines; line++)
        {
            MixedWriterCommand.Write(writer, $"{name} {line} {Stopwatch.GetTimestamp()}");
            while (!File.Exists($"{name}.{line}"))
            {
                slave.Cancellation.ThrowIfCancellationRequested();
                Thread.Sleep(1);
            }
        }
    }
}

/// <summary>The shortest of commands that print: one byte to a descriptor; nothing for 0.</summary>
public sealed class ByteCommand(int descriptor) : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        if (descriptor > 0)
        {
            _ = SystemCalls.Write(descriptor, "x", 1);
        }
    }
}
