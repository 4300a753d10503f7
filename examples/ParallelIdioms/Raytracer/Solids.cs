using System;

namespace HpcRuntime.Examples.ParallelIdioms.Raytracer;

/// <summary>How a surface looks.</summary>
/// <param name="Colour">Share of red, green and blue light that it scatters.</param>
/// <param name="Mirror">Share of light that it reflects like a mirror.</param>
internal sealed record Surface(Vector Colour, double Mirror);

/// <summary>Something that rays hit.</summary>
internal abstract class Solid(Surface surface)
{
    internal Surface Surface => surface;

    /// <summary>How far along the ray it is hit; infinity where it is not. <paramref name="direction"/> has length 1.</summary>
    internal abstract double Hit(Vector origin, Vector direction);

    /// <summary>False where nothing of it is within reach of the point, on the side that the normal points to.</summary>
    internal abstract bool IsAbove(Vector point, Vector normal, double reach);

    /// <summary>The normal at a point of the surface, of length 1.</summary>
    internal abstract Vector NormalAt(Vector point);
}

/// <summary>A ball.</summary>
internal sealed class Sphere(Vector centre, double radius, Surface surface) : Solid(surface)
{
    private readonly double _radiusSquared = radius * radius;

    internal override double Hit(Vector origin, Vector direction)
    {
        var toCentre = centre - origin;
        var along = toCentre.Dot(direction);
        var inside = _radiusSquared - toCentre.Dot(toCentre) + (along * along);
        if (inside < 0)
        {
            return double.PositiveInfinity;
        }

        var half = Math.Sqrt(inside);
        return along - half > Scene.Near ? along - half : along + half > Scene.Near ? along + half : double.PositiveInfinity;
    }

    internal override bool IsAbove(Vector point, Vector normal, double reach)
    {
        var toCentre = centre - point;
        return normal.Dot(toCentre) > -radius + Scene.Near && toCentre.Dot(toCentre) < (reach + radius) * (reach + radius);
    }

    internal override Vector NormalAt(Vector point) => 1 / radius * (point - centre);
}

/// <summary>The floor: all points of one height.</summary>
internal sealed class Floor(double height, Surface surface) : Solid(surface)
{
    internal override double Hit(Vector origin, Vector direction)
    {
        var distance = (height - origin.Y) / direction.Y;
        return distance > Scene.Near ? distance : double.PositiveInfinity;
    }

    internal override bool IsAbove(Vector point, Vector normal, double reach) => normal.Y < 1 && point.Y - height < reach;

    internal override Vector NormalAt(Vector point) => new(0, 1, 0);
}
