using System;
using System.Collections.Generic;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Which model; what travels in place of a <see cref="DecayModel"/>.</summary>
internal enum DecayModelKind
{
    /// <summary>y = a e^(-k x).</summary>
    Decay,

    /// <summary>y = a (1 - e^(-k x)).</summary>
    Saturation,

    /// <summary>y = a_inf - (a_inf - a_0) e^(-k x).</summary>
    Inversion,
}

/// <summary>A curve with one rate. Its parameters are, in this order, the rate k, the amplitude (a, or a_0) and, for the inversion only, the offset a_inf.
/// It is linear in all but the rate.</summary>
internal sealed class DecayModel
{
    private DecayModel(DecayModelKind kind, string name, string formula, params string[] symbols)
    {
        Kind = kind;
        Name = name;
        Formula = formula;
        Symbols = symbols;
    }

    public static DecayModel Decay { get; } = new(DecayModelKind.Decay, "decay", "y = a e^(-k x)", "k", "a");

    public static DecayModel Saturation { get; } = new(DecayModelKind.Saturation, "saturation", "y = a (1 - e^(-k x))", "k", "a");

    public static DecayModel Inversion { get; } = new(DecayModelKind.Inversion, "inversion", "y = a_inf - (a_inf - a_0) e^(-k x)", "k", "a_0", "a_inf");

    /// <summary>Every model, in the order of <see cref="DecayModelKind"/>.</summary>
    public static IReadOnlyList<DecayModel> All { get; } = [Decay, Saturation, Inversion];

    public DecayModelKind Kind { get; }

    /// <summary>What <c>--model</c> calls it.</summary>
    public string Name { get; }

    public string Formula { get; }

    /// <summary>The formula's names of the parameters, in their order.</summary>
    public IReadOnlyList<string> Symbols { get; }

    public int ParameterCount => Symbols.Count;

    public static DecayModel Of(DecayModelKind kind) => All[(int)kind];

    /// <summary>y at <paramref name="x"/>.</summary>
    public double Value(double x, ReadOnlySpan<double> parameters)
    {
        var e = Math.Exp(-parameters[0] * x);
        return Kind switch
        {
            DecayModelKind.Decay => parameters[1] * e,
            DecayModelKind.Saturation => parameters[1] * (1 - e),
            _ => (parameters[1] * e) + (parameters[2] * (1 - e)),
        };
    }

    /// <summary>dy/dparameter at <paramref name="x"/>, one for each parameter.</summary>
    public void Gradient(double x, ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        var e = Math.Exp(-parameters[0] * x);
        switch (Kind)
        {
            case DecayModelKind.Decay:
                gradient[0] = -x * parameters[1] * e;
                gradient[1] = e;
                break;
            case DecayModelKind.Saturation:
                gradient[0] = x * parameters[1] * e;
                gradient[1] = 1 - e;
                break;
            default:
                gradient[0] = x * (parameters[2] - parameters[1]) * e;
                gradient[1] = e;
                gradient[2] = 1 - e;
                break;
        }
    }
}
