using HpcRuntime.Backends.Native;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Where the heap lies, from lines as proc(5) has them.</summary>
public sealed class HeapPagesTests
{
    private static readonly string[] Maps =
    [
        "55950c602000-55950c603000 rw-p 00002000 fe:00 1234 /usr/bin/program",
        "7fc5424e1000-7fc5424e2000 ---p 00000000 00:00 0 ",
        "7fc5424e2000-7fc542ce2000 rw-p 00000000 00:00 0 ",
        "7fc542ce2000-7fc543000000 ---p 00000000 00:00 0 ",
        "7fc543000000-7fc543011000 rw-p 00000000 00:00 0 [anon:heap]",
        "7fc543011000-7fd108000000 ---p 00000000 00:00 0 ",
        "7fd108000000-7fd108021000 rw-p 00000000 00:00 0 ",
        "7fd108021000-7fd10c000000 ---p 00000000 00:00 0 ",
        "7fd10c002000-7fd10c006000 r--s 00000000 fe:00 5678 /usr/share/library.dll",
        "7ffc11a00000-7ffc11a21000 rw-p 00000000 00:00 0 [stack]",
    ];

    [TestCase(0x7fc543000000)]
    [TestCase(0x7fc543010fff)]
    [TestCase(0x7fc542ce2000)]
    [TestCase(0x7fd107ffffff)]
    public void The_heap_ends_at_what_it_has_reserved_and_begins_behind_a_stack(long address) => Assert.That(RangeAround(address), Is.EqualTo((0x7fc542ce2000, 0x7fd108000000)));

    [Test]
    public void What_follows_the_heap_is_not_it() => Assert.That(RangeAround(0x7fd108000010), Is.EqualTo((0x7fd108000000, 0x7fd10c000000)));

    [TestCase(0x7fc5424e2000)]
    [TestCase(0x55950c602000)]
    [TestCase(0x7fd10c002000)]
    [TestCase(0x7ffc11a00000)]
    [TestCase(0x1000)]
    public void Stacks_files_and_gaps_have_no_range(long address) => Assert.That(RangeAround(address), Is.EqualTo((0L, 0L)));

    private static (long Start, long End) RangeAround(long address)
    {
        var (start, end) = HeapPages.RangeAround((nuint)address, Maps);
        return ((long)start, (long)end);
    }
}
