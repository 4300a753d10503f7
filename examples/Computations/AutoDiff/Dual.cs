namespace HpcRuntime.Examples.Computations;

/// <summary>A number together with its derivative: what is computed with it brings the derivative along (forward automatic differentiation, Wengert 1964).</summary>
/// <param name="Value">The number.</param>
/// <param name="Derivative">Its derivative by the variable.</param>
internal readonly record struct Dual(double Value, double Derivative)
{
    /// <summary>The variable itself, at <paramref name="value"/>.</summary>
    public static Dual Variable(double value) => new(value, 1);

    public static implicit operator Dual(double constant) => new(constant, 0);

    public static Dual operator +(Dual a, Dual b) => new(a.Value + b.Value, a.Derivative + b.Derivative);

    public static Dual operator -(Dual a, Dual b) => new(a.Value - b.Value, a.Derivative - b.Derivative);

    public static Dual operator *(Dual a, Dual b) => new(a.Value * b.Value, (a.Derivative * b.Value) + (a.Value * b.Derivative));

    public static Dual operator /(Dual a, Dual b) => new(a.Value / b.Value, ((a.Derivative * b.Value) - (a.Value * b.Derivative)) / (b.Value * b.Value));
}
