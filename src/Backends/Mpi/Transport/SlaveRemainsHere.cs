using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>A slave's page and its two files of output, from its own side. A master on the same host reads them after its death.</summary>
internal sealed record SlaveRemainsHere(MemoryFile PageFile, SlavePage Page, MemoryFile OutFile, MemoryFile ErrorFile)
{
    internal static SlaveRemainsHere Create()
    {
        var page = MemoryFile.Create("hpcruntime-page", SlavePage.Bytes);
        return new SlaveRemainsHere(page, SlavePage.Open(page.Duplicate()), OutputFile.Create("hpcruntime-out"), OutputFile.Create("hpcruntime-error"));
    }

    internal void Describe(ref HostCard card) => (card.Page, card.OutFile, card.ErrorFile) = (PageFile.Descriptor, OutFile.Descriptor, ErrorFile.Descriptor);
}
