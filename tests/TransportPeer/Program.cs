using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Process;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

// A slave for the tests of the transport: opens what it inherited (descriptors 10 to 13) and answers.
// The first byte of a head says what to do: E echo, R echo into the arrays of the last time, F flood with numbered messages for ever, P echo after a pause of as many microseconds as the next four bytes say.
OwnProcess.DieWithParent(Signals.Kill);
var secret = Convert.FromHexString(Environment.GetEnvironmentVariable("TRANSPORT_PEER_SECRET")!);
using var master = MasterSegment.Open(10, secret);
using var segment = SlaveSegment.Open(11, 12, 13, secret);
using var communicator = new ShmSlaveCommunicator(master, segment, 2);
double[][]? arrays = null;
while (true)
{
    var arrival = communicator.Wait(Timeout.InfiniteTimeSpan);
    if (arrival.Kind == ArrivalKind.RankLost)
    {
        return 3;
    }

    if (arrival.Message is not { } message)
    {
        continue;
    }

    var head = message.Buffer.AsSpan(message.Offset, message.Length);
    switch (head[0])
    {
        case (byte)'E':
            Echo(communicator, message);
            break;
        case (byte)'R':
            arrays ??= [GC.AllocateUninitializedArray<double>((int)(message.Blocks.ByteCount(0) / 8))];
            message.Blocks.Fill(0, arrays[0]);
            communicator.Send(0, head, [new WireBlock(arrays[0], (nuint)arrays[0].Length * 8, WireBlockOwnership.Sender)]);
            break;
        case (byte)'P':
            var end = Stopwatch.GetTimestamp() + (BinaryPrimitives.ReadInt32LittleEndian(head[1..]) * (Stopwatch.Frequency / 1_000_000));
            while (Stopwatch.GetTimestamp() < end)
            {
                Thread.SpinWait(1);
            }

            Echo(communicator, message);
            break;
        case (byte)'F':
            Flood(communicator, segment);
            break;
        default:
            return head[0];
    }

    message.Dispose();
}

static void Echo(ShmSlaveCommunicator communicator, Message message)
{
    if (message.Blocks.Count == 0)
    {
        communicator.Send(0, message.Buffer.AsSpan(message.Offset, message.Length), []);
        return;
    }

    var blocks = new WireBlock[message.Blocks.Count];
    for (var i = 0; i < blocks.Length; i++)
    {
        var bytes = message.Blocks.ByteCount(i);
        Array array = bytes % 8 == 0 ? GC.AllocateUninitializedArray<double>((int)(bytes / 8)) : GC.AllocateUninitializedArray<byte>((int)bytes);
        message.Blocks.Fill(i, array);
        blocks[i] = new WireBlock(array, bytes, WireBlockOwnership.Sender);
    }

    communicator.Send(0, message.Buffer.AsSpan(message.Offset, message.Length), blocks);
}

static void Flood(ShmSlaveCommunicator communicator, SlaveSegment segment)
{
    var head = new byte[40_000];
    var block = new byte[300_000];
    for (var number = 0L; ; number++)
    {
        var length = 12 + (int)(number * 7919 % (head.Length - 12));
        head.AsSpan(0, length).Fill((byte)number);
        BinaryPrimitives.WriteInt64LittleEndian(head, number);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), length);
        if (number % 16 == 0)
        {
            Array.Fill(block, (byte)number);
            communicator.Send(0, head.AsSpan(0, length), [new WireBlock(block, (nuint)block.Length, WireBlockOwnership.Sender)]);
        }
        else
        {
            communicator.Send(0, head.AsSpan(0, length), []);
        }

        segment.RunningCommand = number;
    }
}
