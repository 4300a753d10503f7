using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.Launcher.Bench;

/// <summary>Nothing but the way there and back.</summary>
internal sealed class NoOp(int number) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave) => number;
}

/// <summary>Bytes there, the same bytes back.</summary>
internal sealed class EchoBytes(Lent<byte[]> bytes) : SlaveCommand<Lent<byte[]>>
{
    /// <inheritdoc/>
    public override Lent<byte[]> Run(ISlaveContext slave) => bytes;
}

/// <summary>An array there, a new array with 1 added to each element back.</summary>
internal sealed class AddOne(Lent<double[]> values) : SlaveCommand<Lent<double[]>>
{
    /// <inheritdoc/>
    public override Lent<double[]> Run(ISlaveContext slave)
    {
        var source = values.Value;
        var sum = GC.AllocateUninitializedArray<double>(source.Length);
        var from = MemoryMarshal.Cast<double, Vector<double>>(source);
        var to = MemoryMarshal.Cast<double, Vector<double>>(sum.AsSpan());
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = from[i] + Vector<double>.One;
        }

        for (var i = from.Length * Vector<double>.Count; i < source.Length; i++)
        {
            sum[i] = source[i] + 1;
        }

        return new Lent<double[]>(sum);
    }
}

/// <summary>Reads the array called <c>bench</c> that was put in front of every slave.</summary>
internal sealed class Checksum : SlaveCommand<double>
{
    /// <inheritdoc/>
    public override double Run(ISlaveContext slave) => Of(slave.Data.Get<double[]>("bench"));

    internal static double Of(double[] values) => values[0] + values[values.Length / 2] + values[^1];
}

/// <summary>Busy for so many microseconds on the monotonic clock.</summary>
internal sealed class SpinFor(int microseconds) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        var end = Stopwatch.GetTimestamp() + (microseconds * (Stopwatch.Frequency / 1_000_000));
        while (Stopwatch.GetTimestamp() < end)
        {
            Thread.SpinWait(1);
        }

        return microseconds;
    }
}

/// <summary>Sleeps, then says who slept.</summary>
internal sealed class RankAfter(int milliseconds) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        Thread.Sleep(milliseconds);
        return slave.Rank;
    }
}

/// <summary>Keeps its slave busy until it is cancelled.</summary>
internal sealed class UntilCancelled : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        slave.Cancellation.WaitHandle.WaitOne();
        slave.Cancellation.ThrowIfCancellationRequested();
        return 0;
    }
}

/// <summary>Prints ten lines of 60 bytes.</summary>
internal sealed class PrintTen(int number) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        for (var line = 0; line < 10; line++)
        {
            Console.Write(Line(number, line));
        }

        return number;
    }

    internal static string Line(int number, int line) => string.Create(CultureInfo.InvariantCulture, $"task {number:D6} line {line} {new string('x', 40)}\n");
}

/// <summary>Brings home a line of text.</summary>
internal sealed class ReturnText(int number) : SlaveCommand<string>
{
    /// <summary>Bytes of the text, its line end included.</summary>
    internal const int Length = 1000;

    /// <inheritdoc/>
    public override string Run(ISlaveContext slave) => Text(number);

    internal static string Text(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:D8} {new string('x', Length - 10)}\n");
}

/// <summary>Prints the same text.</summary>
internal sealed class PrintText(int number) : SlaveCommand
{
    /// <inheritdoc/>
    public override void Run(ISlaveContext slave) => Console.Write(ReturnText.Text(number));
}

/// <summary>Writes the same text to a file of its slave's, as printing does where nobody captures it.</summary>
internal sealed class WriteText(int number) : SlaveCommand
{
    [ThreadStatic]
    private static StreamWriter? _file;

    /// <inheritdoc/>
    public override void Run(ISlaveContext slave)
    {
        _file ??= Open();
        _file.Write(ReturnText.Text(number));
    }

    /// <summary>A file without a name: nobody closes it, so nothing else would remove it.</summary>
    private static StreamWriter Open()
    {
        var path = Path.GetTempFileName();
        var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, Share = FileShare.Delete, BufferSize = 0 });
        File.Delete(path);
        return new StreamWriter(file) { AutoFlush = true };
    }
}

/// <summary>Sorts its part of an array.</summary>
internal sealed class SortPart(Lent<double[]> values) : SlaveCommand<Lent<double[]>>
{
    /// <inheritdoc/>
    public override Lent<double[]> Run(ISlaveContext slave)
    {
        // Through threads with isolation the part is this command's own copy already.
        Array.Sort(values.Value);
        return values;
    }
}
