using HpcRuntime.Backends.Process;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Brings the two halves of a slave process together: the wing that knows how it was started, and the floor that knows what it runs.</summary>
internal static class SlaveHost
{
    internal static void RunIfSlave() => SlaveProgram.RunIfSlave(SlaveRank.Create);
}
