using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace HpcRuntime.Backends.Process;

/// <summary>The variables of slave processes: the master's, what keeps n slaves from using the machine n times over, what the user set, and what starts the hook.</summary>
internal sealed class SlaveEnvironment
{
    private const string Hooks = "DOTNET_STARTUP_HOOKS";
    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    private static readonly string[] Shares = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "DOTNET_PROCESSOR_COUNT"];

    private readonly Dictionary<string, string> _variables;

    /// <summary>The environment of slaves that share <paramref name="cores"/> cores among <paramref name="slaves"/>.</summary>
    /// <param name="inherited">The master's variables.</param>
    /// <param name="set">What the user set for slaves.</param>
    /// <param name="cores">All cores of the run.</param>
    /// <param name="slaves">Slaves at the start.</param>
    /// <param name="hook">How the runtime is told of the startup hook.</param>
    /// <param name="secret">The run's secret.</param>
    /// <param name="debug">Whether debuggers and tracing tools may attach.</param>
    internal SlaveEnvironment(IReadOnlyDictionary<string, string> inherited, IReadOnlyDictionary<string, string> set, int cores, int slaves, string hook, string secret, bool debug)
    {
        _variables = new Dictionary<string, string>(inherited);
        foreach (var (name, value) in set)
        {
            _variables[name] = value;
        }

        var share = Math.Max(1, cores / Math.Max(1, slaves)).ToString(CultureInfo.InvariantCulture);
        foreach (var name in Shares)
        {
            _variables.TryAdd(name, share);
        }

        var hooks = _variables.GetValueOrDefault(Hooks);
        Restore = new Dictionary<string, string?> { [SlaveProgram.Variable] = null, [Hooks] = hooks, [Diagnostics] = _variables.GetValueOrDefault(Diagnostics) };

        // Ours runs last and does not return: the user's hooks run in slaves as they do in the application.
        _variables[Hooks] = string.IsNullOrEmpty(hooks) ? hook : hooks + ":" + hook;
        _variables[SlaveProgram.Variable] = secret;
        if (!debug)
        {
            // The runtime's pipes for debuggers and tracers are files that a killed process leaves behind.
            _variables.TryAdd(Diagnostics, "0");
        }
    }

    internal IReadOnlyDictionary<string, string> Variables => _variables;

    /// <summary>Whether the runtime of slaves makes files for debuggers and tracers.</summary>
    internal bool Diagnoses => _variables.GetValueOrDefault(Diagnostics) != "0";

    /// <summary>What was changed for the start alone, and what it is for the programs that commands start: null for not set.</summary>
    internal IReadOnlyDictionary<string, string?> Restore { get; }

    /// <summary>The variables of this process.</summary>
    internal static Dictionary<string, string> OfThisProcess() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? string.Empty);
}
