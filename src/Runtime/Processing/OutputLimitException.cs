using System.Globalization;
using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>A command printed more than it may; its output was cut and the command failed.</summary>
public sealed class OutputLimitException : HpcRuntimeException
{
    /// <summary>The limit was <paramref name="bytes"/>.</summary>
    public OutputLimitException(long bytes)
        : base(string.Create(CultureInfo.InvariantCulture, $"The command printed more than its limit of {bytes} bytes (--max-output); the rest was dropped."))
    {
    }
}
