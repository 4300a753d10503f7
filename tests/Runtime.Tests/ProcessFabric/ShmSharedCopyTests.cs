using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Process;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Arrays that all slaves are sent lie once in the memory that they share.</summary>
[Platform("Linux")]
public sealed class ShmSharedCopyTests
{
    private const int Count = 640 * 1024;
    private const long Bytes = Count * sizeof(double);

    [Test]
    public void A_published_array_is_copied_once_for_all_slaves()
    {
        using var slaves = new Slaves(3);
        var sent = Numbers(1);
        slaves.SendAll(sent);
        foreach (var slave in slaves.All)
        {
            Assert.That(Received(slave).AsSpan().SequenceEqual(sent), Is.True);
        }

        Assert.That(slaves.Master.SharedBytes, Is.EqualTo(Bytes));
    }

    [Test]
    public void What_one_slave_does_to_its_array_no_other_sees()
    {
        using var slaves = new Slaves(2);
        var sent = Numbers(1);
        slaves.SendAll(sent);
        Array.Clear(Received(slaves.All[0]));
        Assert.That(Received(slaves.All[1]).AsSpan().SequenceEqual(sent), Is.True);
    }

    [Test]
    public void A_slave_that_comes_later_is_shown_the_copy_that_is_there()
    {
        using var slaves = new Slaves(1);
        var sent = Numbers(1);
        slaves.SendAll(sent);
        Received(slaves.All[0]);
        slaves.Add();
        slaves.Send(2, sent);
        Assert.That(Received(slaves.All[1]).AsSpan().SequenceEqual(sent), Is.True);
        Assert.That(slaves.Master.SharedBytes, Is.EqualTo(Bytes));
    }

    [Test]
    public void The_room_of_a_copy_is_used_again_once_all_have_read_it()
    {
        using var slaves = new Slaves(2);
        slaves.SendAll(Numbers(1));
        var held = slaves.Master.SharedBytesHeld;
        slaves.All.ForEach(slave => Received(slave));
        slaves.SendAll(Numbers(2));
        Assert.That(slaves.Master.SharedBytesHeld, Is.EqualTo(held));
        Assert.That(slaves.All.Select(slave => Received(slave)[0]), Is.All.EqualTo(2));
    }

    [Test]
    public void A_copy_that_a_slave_has_not_read_is_not_written_over()
    {
        using var slaves = new Slaves(2);
        slaves.SendAll(Numbers(1));
        Received(slaves.All[0]);
        slaves.SendAll(Numbers(2));
        Assert.That(new[] { Received(slaves.All[1])[0], Received(slaves.All[1])[0], Received(slaves.All[0])[0] }, Is.EqualTo(new[] { 1.0, 2, 2 }));
    }

    [Test]
    public void A_slave_that_is_lost_before_it_read_holds_no_copy()
    {
        using var slaves = new Slaves(2);
        slaves.SendAll(Numbers(1));
        var held = slaves.Master.SharedBytesHeld;
        Received(slaves.All[0]);
        slaves.Master.Announce(new Arrival(ArrivalKind.RankLost, 2, 1, null, new RankLoss("killed")));
        slaves.Master.Expect(ArrivalKind.RankLost);
        slaves.Send(1, Numbers(2));
        Assert.That((slaves.Master.SharedBytesHeld, Received(slaves.All[0])[0]), Is.EqualTo((held, 2.0)));
    }

    private static double[] Numbers(double first) => [.. Enumerable.Range(0, Count).Select(i => first + i)];

    private static double[] Received(ShmSlaveCommunicator slave)
    {
        using var message = slave.Expect(ArrivalKind.Message).Message!;
        var array = new double[(int)(message.Blocks.ByteCount(0) / sizeof(double))];
        message.Blocks.Fill(0, array);
        return array;
    }

    /// <summary>Some slaves of one master, all in this process.</summary>
    private sealed class Slaves : IDisposable
    {
        private readonly MasterSegment _segment = MasterSegment.Create(2);
        private readonly List<IDisposable> _opened = [];

        internal Slaves(int count)
        {
            Master = new ShmMasterCommunicator(_segment);
            for (var i = 0; i < count; i++)
            {
                Add();
            }
        }

        internal ShmMasterCommunicator Master { get; }

        internal List<ShmSlaveCommunicator> All { get; } = [];

        internal void Add()
        {
            var rank = All.Count + 1;
            var segment = SlaveSegment.Create(_segment, rank, 1);
            Master.Attach(rank, 1, segment);
            var (memory, down, up) = segment.Descriptors;
            var seen = SlaveSegment.Open(Descriptors.Duplicate(memory), Descriptors.Duplicate(down), Descriptors.Duplicate(up), _segment.Secret);
            var master = MasterSegment.Open(Descriptors.Duplicate(_segment.Descriptor), _segment.Secret);
            All.Add(new ShmSlaveCommunicator(master, seen, rank + 1));
            _opened.AddRange([seen, master, segment]);
            Master.Expect(ArrivalKind.RankJoined);
        }

        internal void Send(int rank, double[] array) => Master.Send(rank, "D"u8, [new WireBlock(array, (nuint)array.Length * sizeof(double), WireBlockOwnership.Published)]);

        internal void SendAll(double[] array)
        {
            for (var rank = 1; rank <= All.Count; rank++)
            {
                Send(rank, array);
            }
        }

        public void Dispose()
        {
            All.ForEach(slave => slave.Dispose());
            Master.Dispose();
            _opened.ForEach(opened => opened.Dispose());
            _segment.Dispose();
        }
    }
}
