using System;
using System.IO;
using HpcRuntime.Commands;
using HpcRuntime.Output;

namespace HpcRuntime.Processing;

/// <summary>A command's output as the master keeps it.</summary>
internal sealed class StoredOutput : CommandOutput
{
    private OutputSpool? _out;
    private OutputSpool? _error;

    public override long OutLength => _out?.Length ?? 0;

    public override long ErrorLength => _error?.Length ?? 0;

    public override bool Truncated => WasCut;

    internal bool WasCut { get; set; }

    public override Stream OpenOut() => _out?.OpenRead() ?? Stream.Null;

    public override Stream OpenError() => _error?.OpenRead() ?? Stream.Null;

    internal void Append(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        var spool = stream == OutputStream.Out ? _out ??= new OutputSpool() : _error ??= new OutputSpool();
        spool.Append(bytes);
    }
}
