using HpcRuntime.Commands;

namespace HpcRuntime.Examples.Computations;

/// <summary>The sorted numbers as they come together on the master. Every stretch knows where it belongs, so that it does not matter in which order they come home.</summary>
internal sealed class QuicksortJob(int count)
{
    /// <summary>The numbers, in order once everything queued has come home.</summary>
    public int[] Sorted { get; } = new int[count];

    /// <summary>Stretches that have been sorted.</summary>
    public int Leaves { get; private set; }

    /// <summary>The command for a stretch that begins at <paramref name="start"/> and is to be parted so many times, and what takes its result.</summary>
    public SlaveCommand Part(int[] stretch, int start, int levels, out Memo memo)
    {
        memo = levels > 0 ? new HalvesMemo(this, start, levels) : new LeafMemo(this, start);
        return levels > 0 ? new PartCommand(stretch) : new SortCommand(stretch);
    }

    private void TakeHalves(IMaster master, int start, int levels, Halves halves)
    {
        master.AddToQueue(Part(halves.Low, start, levels - 1, out var low), low);
        master.AddToQueue(Part(halves.High, start + halves.Low.Length, levels - 1, out var high), high);
    }

    private void TakeLeaf(int start, int[] sorted)
    {
        sorted.CopyTo(Sorted, start);
        Leaves++;
    }

    private sealed class HalvesMemo(QuicksortJob job, int start, int levels) : Memo<Halves>
    {
        public override void Accept(IMaster master, Halves value) => job.TakeHalves(master, start, levels, value);
    }

    private sealed class LeafMemo(QuicksortJob job, int start) : Memo<int[]>
    {
        public override void Accept(IMaster master, int[] value) => job.TakeLeaf(start, value);
    }
}
