using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CommandLine;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>The arguments behind <c>--</c>, checked.</summary>
internal sealed record DecayFitArguments(string File, DecayModel Model, int Simulations, double? Sigma, string? Output, string? Plot, bool Verbose)
{
    /// <summary>The most simulations of one curve: their parameters must fit in an array.</summary>
    public const int MaxSimulations = 10_000_000;

    /// <summary>Takes the arguments apart. Null when they ask for help, which was then written to <paramref name="help"/>.</summary>
    /// <exception cref="UsageException">An argument is unknown, missing or not what it should be; the message names it.</exception>
    public static DecayFitArguments? Parse(string[] args, TextWriter help)
    {
        var words = ArgumentParser.Parse<Words>(
            "decay-fit",
            "FILE [options]: fits every curve of a CSV file (columns curve, x, y and perhaps sigma) and estimates the errors by Monte Carlo simulation.",
            args,
            help,
            describe: null,
            "Models: " + string.Join("; ", DecayModel.All.Select(model => $"{model.Name} {model.Formula}")) + ".",
            "Exit code: 0 when every curve was fitted, 1 when one could not be, 2 for a wrong argument or file.");
        if (words is null)
        {
            return null;
        }

        var files = words.Files.ToArray();
        if (files.Length != 1)
        {
            throw new UsageException(files.Length == 0
                ? "decay-fit: the argument FILE is missing: name a CSV file with the columns curve, x, y and perhaps sigma. Try 'decay-fit --help'."
                : $"decay-fit: expected one FILE, found {files.Length}: {string.Join(", ", files)}.");
        }

        var model = DecayModel.All.FirstOrDefault(known => known.Name.Equals(words.Model, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"decay-fit: --model is one of {string.Join(", ", DecayModel.All.Select(known => known.Name))}, not '{words.Model}'.");
        return new DecayFitArguments(files[0], model, SimulationsOf(words.Simulations), SigmaOf(words.Sigma), PathOf(words.Output, "--output"), PathOf(words.Plot, "--plot"), words.Verbose);
    }

    private static string? PathOf(string? text, string option) =>
        text is null || text.Trim().Length > 0 ? text : throw new UsageException($"decay-fit: {option} is the name of a file, not '{text}'.");

    private static int SimulationsOf(string text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var simulations) && simulations is 0 or (>= 2 and <= MaxSimulations)
            ? simulations
            : throw new UsageException($"decay-fit: --simulations is 0 or a whole number from 2 to {MaxSimulations}, not '{text}'.");

    private static double? SigmaOf(string? text) =>
        text is null ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var sigma) && sigma > 0 && double.IsFinite(sigma) ? sigma
        : throw new UsageException($"decay-fit: --sigma is a number above 0, not '{text}'.");

    private sealed class Words
    {
        [Value(0, MetaName = "FILE", HelpText = "CSV with the columns curve,x,y[,sigma]; lines that begin with # are comments.")]
        public IEnumerable<string> Files { get; set; } = [];

        [Option("model", Default = "decay", MetaValue = "NAME", HelpText = "decay, saturation or inversion.")]
        public string Model { get; set; } = string.Empty;

        [Option("simulations", Default = "500", MetaValue = "N", HelpText = "Monte Carlo refits of each curve; 0 for no errors.")]
        public string Simulations { get; set; } = string.Empty;

        [Option("sigma", MetaValue = "S", HelpText = "Standard deviation of y. Without it: the column sigma, else replicates, else the residuals.")]
        public string? Sigma { get; set; }

        [Option("output", MetaValue = "FILE", HelpText = "Write the results as CSV.")]
        public string? Output { get; set; }

        [Option("plot", MetaValue = "FILE", HelpText = "Draw data, fits, residuals and error bands as SVG.")]
        public string? Plot { get; set; }

        [Option("verbose", HelpText = "Let every command say what it does.")]
        public bool Verbose { get; set; }
    }
}
