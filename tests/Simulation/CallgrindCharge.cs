using System;
using System.Runtime.InteropServices;

namespace HpcRuntime.Simulation;

/// <summary>A charge that has callgrind count the master's instructions and nothing else: under <c>valgrind --tool=callgrind --collect-atstart=no</c> the counting is on exactly while the master works.
/// Anywhere else it does nothing but charge. x86-64 on Linux only.</summary>
internal sealed unsafe partial class CallgrindCharge : MasterCharge, IDisposable
{
    private const long ToggleCollect = ('C' << 24) + ('T' << 16) + 2; // VG_USERREQ__TOGGLE_COLLECT of callgrind.h.
    private const int PageSize = 4096;
    private const int ReadWriteExecute = 7;
    private const int PrivateAnonymous = 0x22;

    /// <summary>A function of one argument, the address of a request: valgrind knows the four rotations, which do nothing on a processor, and the exchange behind them (valgrind.h).</summary>
    private static readonly byte[] AskValgrind =
    [
        0x48, 0x89, 0xF8,       // mov rax, rdi
        0x31, 0xD2,             // xor edx, edx
        0x48, 0xC1, 0xC7, 0x03, // rol rdi, 3
        0x48, 0xC1, 0xC7, 0x0D, // rol rdi, 13
        0x48, 0xC1, 0xC7, 0x3D, // rol rdi, 61
        0x48, 0xC1, 0xC7, 0x33, // rol rdi, 51
        0x48, 0x87, 0xDB,       // xchg rbx, rbx
        0x48, 0x89, 0xD0,       // mov rax, rdx
        0xC3,                   // ret
    ];

    private readonly MasterCharge _inner;
    private readonly nint _code;
    private readonly long* _request;
    private bool _counts;

    internal CallgrindCharge(MasterCharge inner)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Callgrind is asked in the machine code of x86-64, on Linux.");
        }

        _inner = inner;
        _code = Map(0, PageSize, ReadWriteExecute, PrivateAnonymous, -1, 0);
        if (_code == -1)
        {
            throw new PlatformNotSupportedException("This system gives no memory that is both written and executed.");
        }

        AskValgrind.CopyTo(new Span<byte>((void*)_code, PageSize));
        _request = (long*)NativeMemory.AllocZeroed(6 * sizeof(long));
        *_request = ToggleCollect;
    }

    public void Dispose()
    {
        _ = Unmap(_code, PageSize);
        NativeMemory.Free(_request);
    }

    internal override long Pause(int results)
    {
        if (_counts)
        {
            Toggle();
        }

        return _inner.Pause(results);
    }

    internal override void Resume()
    {
        _inner.Resume();
        Toggle();
    }

    private void Toggle()
    {
        ((delegate* unmanaged<long*, long>)_code)(_request);
        _counts = !_counts;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
