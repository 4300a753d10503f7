using System;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>How far it is, and what each slave did.</summary>
internal static class Observation
{
    internal static int Run(Processor processor)
    {
        var listener = new Listener();
        processor.Map(Enumerable.Range(1, 1000).ToArray(), x => 1.0 / (x - 500), new MapOptions { Progress = listener }).Wait();
        var end = listener.End.Result;
        Console.WriteLine($"{end.Done} of {end.Total} done, {end.Failed} failed, {end.Running} running");

        var statistics = processor.Statistics;
        Console.WriteLine($"{statistics.SlavesLost} slaves lost, {statistics.Slaves.Sum(slave => slave.Restarts)} restarts");
        Console.WriteLine(statistics.Slaves.Sum(slave => slave.Attempts) == statistics.Done);
        return 0;
    }

    /// <summary>Is called now and then on some thread, one call at a time, and once more at the end.</summary>
    private sealed class Listener : IProgress<WorkProgress>
    {
        private readonly TaskCompletionSource<WorkProgress> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<WorkProgress> End => _end.Task;

        public void Report(WorkProgress value)
        {
            if (value.Ended == value.Total)
            {
                _end.TrySetResult(value);
            }
        }
    }
}
