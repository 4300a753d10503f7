using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace HpcRuntime.Backends.Native;

/// <summary>Tells the processor that this is a spin loop. Thread.SpinWait pauses for many times longer than a message needs from core to core.</summary>
internal static class Pause
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Once()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else if (ArmBase.IsSupported)
        {
            ArmBase.Yield();
        }
    }
}
