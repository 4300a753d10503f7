using System;

namespace HpcRuntime.Examples.ParallelIdioms.Raytracer;

/// <summary>Three numbers: a point, a direction or a colour. Nothing but sums, products, quotients and square roots, which every machine computes to the same bit.</summary>
internal readonly record struct Vector(double X, double Y, double Z)
{
    public static Vector operator +(Vector a, Vector b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector operator -(Vector a, Vector b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector operator *(double scale, Vector a) => new(scale * a.X, scale * a.Y, scale * a.Z);

    /// <summary>Component by component: light on a coloured surface.</summary>
    public static Vector operator *(Vector a, Vector b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z);

    internal double Dot(Vector other) => (X * other.X) + (Y * other.Y) + (Z * other.Z);

    internal Vector Unit() => 1 / Math.Sqrt(Dot(this)) * this;

    /// <summary>Thrown back by a surface with the normal <paramref name="normal"/>.</summary>
    internal Vector Reflected(Vector normal) => this - (2 * Dot(normal) * normal);
}
