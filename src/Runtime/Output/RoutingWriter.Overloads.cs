using System;
using System.Globalization;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.Output;

/// <content>Every way to write: all of them end in <see cref="Route"/> or <see cref="RouteLine"/>, in one call each.</content>
internal sealed partial class RoutingWriter
{
    public override void Write(char value) => Route([value]);

    public override void Write(char[]? buffer) => Route(buffer);

    public override void Write(char[] buffer, int index, int count) => Route(Range(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Route(buffer);

    public override void Write(string? value) => Route(value);

    public override void Write(StringBuilder? value) => Route(value?.ToString());

    public override void WriteLine() => RouteLine(default);

    public override void WriteLine(char value) => RouteLine([value]);

    public override void WriteLine(char[]? buffer) => RouteLine(buffer);

    public override void WriteLine(char[] buffer, int index, int count) => RouteLine(Range(buffer, index, count));

    public override void WriteLine(ReadOnlySpan<char> buffer) => RouteLine(buffer);

    public override void WriteLine(string? value) => RouteLine(value);

    public override void WriteLine(StringBuilder? value) => RouteLine(value?.ToString());

    public override void WriteLine(bool value) => RouteLine(value ? bool.TrueString : bool.FalseString);

    public override void WriteLine(int value) => RouteLine(value.ToString(Format));

    public override void WriteLine(uint value) => RouteLine(value.ToString(Format));

    public override void WriteLine(long value) => RouteLine(value.ToString(Format));

    public override void WriteLine(ulong value) => RouteLine(value.ToString(Format));

    public override void WriteLine(float value) => RouteLine(value.ToString(Format));

    public override void WriteLine(double value) => RouteLine(value.ToString(Format));

    public override void WriteLine(decimal value) => RouteLine(value.ToString(Format));

    public override Task WriteAsync(char value)
    {
        Route([value]);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(string? value)
    {
        Route(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(char[] buffer, int index, int count)
    {
        Route(Range(buffer, index, count));
        return Task.CompletedTask;
    }

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        Route(buffer.Span);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(StringBuilder? value, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        Route(value?.ToString());
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync()
    {
        RouteLine(default);
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(char value)
    {
        RouteLine([value]);
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(string? value)
    {
        RouteLine(value);
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(char[] buffer, int index, int count)
    {
        RouteLine(Range(buffer, index, count));
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        RouteLine(buffer.Span);
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(StringBuilder? value, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        RouteLine(value?.ToString());
        return Task.CompletedTask;
    }

    public override Task FlushAsync()
    {
        Flush();
        return Task.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        Flush();
        return Task.CompletedTask;
    }

    private IFormatProvider Format => FormatProvider ?? CultureInfo.CurrentCulture;

    private static ReadOnlySpan<char> Range(char[] buffer, int index, int count)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return buffer.AsSpan(index, count);
    }
}
