using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

var fabric = args is [var name, ..] ? name : "thread";                      // 1. choose a fabric by name
var callback = new ApplicationCallback(new Fitting());                      // 2. make a callback
using var processor = Processor.Load(fabric, callback);                     // 3. load
return processor.Run();                                                     // 4. run

internal sealed class Fitting : IMasterProgram
{
    public int Run()                                                        // 5. the program begins, on the master
    {
        var curves = new Dictionary<string, double[]> { ["slow"] = [8, 4, 2, 1], ["fast"] = [27, 9, 3, 1] };
        var rates = new SortedDictionary<string, double>();
        foreach (var (curve, heights) in curves)
        {
            Processor.Current.AddToQueue(new FitCurve(heights), new CurveMemo(curve, rates));
        }

        Processor.Current.RunQueue();                                       // 6. queue commands and run the queue
        foreach (var (curve, rate) in rates)
        {
            Console.WriteLine(FormattableString.Invariant($"{curve}: rate {rate:F4}"));
        }

        return 0;
    }
}

internal sealed class FitCurve(double[] heights) : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        Console.WriteLine($"fitting {heights.Length} points");              // 7. output comes home,
        slave.ReturnResult(new CurveFitted(Math.Log(heights[0] / heights[^1]) / (heights.Length - 1)));
    }
}

internal sealed class CurveMemo(string curve, SortedDictionary<string, double> rates) : Memo
{
    public void Keep(double rate) => rates[curve] = rate;
}

internal sealed class CurveFitted(double rate) : ResultCommand
{
    public override void Run(IMaster master, Memo? memo) => ((CurveMemo)memo!).Keep(rate);  // and so do results
}
