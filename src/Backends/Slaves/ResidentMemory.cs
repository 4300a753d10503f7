using System;
using System.Buffers.Text;
using System.Globalization;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace HpcRuntime.Backends.Slaves;

/// <summary>How much of the machine's memory a process has: its resident set, as top shows it (proc_pid_statm(5), field 2). Used by one thread at a time.</summary>
internal sealed class ResidentMemory : IDisposable
{
    private readonly SafeFileHandle _statistics;

    private ResidentMemory(string process) => _statistics = File.OpenHandle($"/proc/{process}/statm");

    internal static ResidentMemory OfThisProcess() => new("self");

    /// <summary>Of another process; 0 when it is gone.</summary>
    internal static long Of(int process)
    {
        try
        {
            using var memory = new ResidentMemory(process.ToString(CultureInfo.InvariantCulture));
            return memory.Read();
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Bytes now.</summary>
    internal long Read()
    {
        Span<byte> text = stackalloc byte[128];
        text = text[..RandomAccess.Read(_statistics, text, 0)];
        var second = text[(text.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(second, out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }

    /// <summary>A size for people, such as 1.5 GiB.</summary>
    internal static string Describe(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.##} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.#} MiB");

    public void Dispose() => _statistics.Dispose();
}
