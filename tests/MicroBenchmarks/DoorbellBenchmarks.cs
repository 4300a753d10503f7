using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.MicroBenchmarks;

/// <summary>The word on which a rank sleeps: ringing one that is awake, which most messages do, and one that has just said that it will sleep, without a sleeper behind it.</summary>
[MemoryDiagnoser]
public unsafe class DoorbellBenchmarks
{
    private int* _word;

    [GlobalSetup]
    public void Open() => _word = (int*)NativeMemory.AllocZeroed(64);

    [Benchmark]
    public void RingAwake() => new ParkWord(_word).Ring();

    [Benchmark]
    public bool RaiseRingLower()
    {
        var word = new ParkWord(_word);
        word.Raise();
        word.Ring();
        return word.Lower();
    }

    [GlobalCleanup]
    public void Close() => NativeMemory.Free(_word);
}
