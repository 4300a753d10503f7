using System;
using System.Globalization;
using HpcRuntime.Commands;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Tutorial;

/// <summary>The half-life of each rate given.</summary>
[Application("half-lives", "The half-life of each rate given.")]
public sealed class HalfLives : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentNullException.ThrowIfNull(args);
        var times = new double[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            if (!double.TryParse(args[i], CultureInfo.InvariantCulture, out var rate) || rate <= 0)
            {
                throw new UsageException($"half-lives: '{args[i]}' is no rate; expected a number above 0.");  // one line, exit code 2
            }

            var place = i;
            processor.AddToQueue(new HalfLife(rate), time => times[place] = time);
        }

        processor.RunQueue();
        Array.ForEach(times, time => Console.WriteLine(time.ToString("R", CultureInfo.InvariantCulture)));
        return 0;
    }
}

internal sealed class HalfLife(double rate) : SlaveCommand<double>
{
    public override double Run(ISlaveContext slave) => Math.Log(2) / rate;
}
