using System;
using System.Linq;
using HpcRuntime.Primitives;

namespace HpcRuntime.Examples.ParallelIdioms.Raytracer;

/// <summary>A ring of ten balls around a big one, on a floor, in the light of a sun and a lamp. Each shaded point looks around with ten random rays for what takes the light of the sky from it.</summary>
internal sealed class Scene
{
    /// <summary>Nearer than this a ray meets the surface that it starts from.</summary>
    internal const double Near = 1e-6;

    private const int Mirrors = 2;
    private const int LooksAround = 10;
    private const double SkyReach = 20;
    private const int RingOfBalls = 10;
    private const double RingRadius = 12;

    // Directions of length 1, times the ring's radius, in fifths of a half circle: cosines and sines are not the same to the bit on every machine.
    private static readonly (double X, double Z)[] Ring =
        [.. new[] { (1.0, 0.0), (0.8090169943749475, 0.5877852522924731), (0.30901699437494745, 0.9510565162951535) }
            .SelectMany(at => new[] { (at.Item1, at.Item2), (-at.Item1, at.Item2), (at.Item1, -at.Item2), (-at.Item1, -at.Item2) }).Distinct()];

    private readonly Solid[] _solids =
    [
        new Sphere(new(0, 5, 0), 5, new(new(0.9, 0.9, 0.95), 0.6)),
        .. Ring.Take(RingOfBalls).Select((at, i) => new Sphere(new(RingRadius * at.X, 2, RingRadius * at.Z), 2, new(new(0.2 + (0.07 * i), 0.9 - (0.08 * i), i % 2 == 0 ? 0.3 : 0.8), 0.25))),
        new Floor(0, new(new(0.75, 0.7, 0.6), 0.1)),
    ];

    private readonly Vector _eye = new(0, 14, -34);
    private readonly Vector _towardsSun = new Vector(0.6, 1, -0.5).Unit();
    private readonly Vector _sunlight = new(0.55, 0.52, 0.45);
    private readonly Vector _lamp = new(-14, 18, -12);
    private readonly Vector _lamplight = new(0.35, 0.4, 0.5);
    private readonly Vector _skylight = new(0.25, 0.28, 0.33);

    /// <summary>The colours of one line of the picture: three bytes for each pixel, red, green, blue.</summary>
    /// <param name="random">Where the random rays go; the same stream gives the same line.</param>
    internal byte[] Line(int line, int width, int height, RandomStream random)
    {
        var bytes = new byte[3 * width];
        var forward = (new Vector(0, 2.5, 0) - _eye).Unit();
        var right = new Vector(1, 0, 0);
        var up = new Vector(0, forward.Z, -forward.Y);
        for (var x = 0; x < width; x++)
        {
            var (across, upwards) = ((x + 0.5 - (width / 2.0)) / width, ((height / 2.0) - line - 0.5) / width);
            var colour = Trace(_eye, (forward + (across * right) + (upwards * up)).Unit(), random, Mirrors);
            (bytes[3 * x], bytes[(3 * x) + 1], bytes[(3 * x) + 2]) = (ToByte(colour.X), ToByte(colour.Y), ToByte(colour.Z));
        }

        return bytes;
    }

    private Vector Trace(Vector origin, Vector direction, RandomStream random, int mirrorsLeft)
    {
        if (Nearest(origin, direction) is not (var distance, { } solid))
        {
            return (0.4 + (0.4 * Math.Max(0, direction.Y))) * new Vector(0.6, 0.75, 1);
        }

        var point = origin + (distance * direction);
        var normal = solid.NormalAt(point);
        var light = (Openness(point, normal, random) * _skylight) + (Shine(point, normal, _towardsSun, double.PositiveInfinity) * _sunlight);
        var toLamp = _lamp - point;
        var lampDistance = Math.Sqrt(toLamp.Dot(toLamp));
        light += Shine(point, normal, 1 / lampDistance * toLamp, lampDistance) * _lamplight;
        var colour = (1 - solid.Surface.Mirror) * (light * solid.Surface.Colour);
        return mirrorsLeft == 0 ? colour : colour + (solid.Surface.Mirror * Trace(point, direction.Reflected(normal), random, mirrorsLeft - 1));
    }

    /// <summary>How squarely light from there falls on the point; 0 in a shadow.</summary>
    private double Shine(Vector point, Vector normal, Vector towardsLight, double lightDistance)
    {
        var squareness = normal.Dot(towardsLight);
        return squareness > 0 && IsFree(_solids, point, towardsLight, lightDistance) ? squareness : 0;
    }

    /// <summary>The share of random rays into the half space above the point that reach the sky.</summary>
    private double Openness(Vector point, Vector normal, RandomStream random)
    {
        var near = new Solid[_solids.Length];
        var count = 0;
        foreach (var solid in _solids)
        {
            if (solid.IsAbove(point, normal, SkyReach))
            {
                near[count++] = solid;
            }
        }

        var free = 0;
        for (var i = 0; i < LooksAround; i++)
        {
            var direction = RandomDirection(random);
            free += IsFree(near.AsSpan(0, count), point, normal.Dot(direction) < 0 ? -1 * direction : direction, SkyReach) ? 1 : 0;
        }

        return (double)free / LooksAround;
    }

    /// <summary>A random direction of length 1: a random point of the cube that is inside the ball.</summary>
    private static Vector RandomDirection(RandomStream random)
    {
        while (true)
        {
            var bits = random.NextUInt64(); // 21 for each coordinate
            var point = new Vector(Coordinate(bits), Coordinate(bits >> 21), Coordinate(bits >> 42));
            if (point.Dot(point) is > 1e-4 and <= 1)
            {
                return point.Unit();
            }
        }
    }

    private static bool IsFree(ReadOnlySpan<Solid> solids, Vector origin, Vector direction, double distance)
    {
        foreach (var solid in solids)
        {
            if (solid.Hit(origin, direction) < distance)
            {
                return false;
            }
        }

        return true;
    }

    private (double Distance, Solid? Solid) Nearest(Vector origin, Vector direction)
    {
        (double Distance, Solid? Solid) nearest = (double.PositiveInfinity, null);
        foreach (var solid in _solids)
        {
            var distance = solid.Hit(origin, direction);
            if (distance < nearest.Distance)
            {
                nearest = (distance, solid);
            }
        }

        return nearest;
    }

    private static double Coordinate(ulong bits) => ((bits & 0x1FFFFF) * (1.0 / 0x100000)) - 1;

    private static byte ToByte(double light) => (byte)(255 * Math.Clamp(light, 0, 1));
}
