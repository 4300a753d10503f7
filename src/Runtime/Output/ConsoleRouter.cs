using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;

namespace HpcRuntime.Output;

/// <summary>Puts a <see cref="RoutingWriter"/> before each of the console's writers, once in a process. Thread-safe.</summary>
internal static class ConsoleRouter
{
    /// <summary>The command that the current flow of execution belongs to; null for none.</summary>
    public static readonly AsyncLocal<CapturedOutput?> Current = new();

    private static readonly Lock Installing = new();

    // The synchronized wrappers of every router ever installed: a program that swaps the console's writer and swaps it back
    // gets its first router again, instead of a second one over it.
    private static readonly ConditionalWeakTable<TextWriter, object> Known = [];

    private static TextWriter? _out;
    private static TextWriter? _error;

    /// <summary>Routes the console's writers, again when somebody has swapped them. Costs two comparisons when nobody has.</summary>
    public static void Ensure()
    {
        if (!ReferenceEquals(Console.Out, Volatile.Read(ref _out)) || !ReferenceEquals(Console.Error, Volatile.Read(ref _error)))
        {
            Install();
        }
    }

    private static void Install()
    {
        lock (Installing)
        {
            var output = Console.Out;
            if (!ReferenceEquals(output, _out))
            {
                var routed = Route(output, OutputStream.Out);
                if (!ReferenceEquals(routed, output))
                {
                    Console.SetOut(routed);
                }

                Volatile.Write(ref _out, routed);
            }

            var error = Console.Error;
            if (!ReferenceEquals(error, _error))
            {
                var routed = Route(error, OutputStream.Error);
                if (!ReferenceEquals(routed, error))
                {
                    Console.SetError(routed);
                }

                Volatile.Write(ref _error, routed);
            }
        }
    }

    private static TextWriter Route(TextWriter present, OutputStream stream)
    {
        if (Known.TryGetValue(present, out _))
        {
            return present;
        }

        // Console.SetOut would make this wrapper itself; the router must know it, because it is the lock around every write.
        var router = new RoutingWriter(present, stream);
        var wrapper = TextWriter.Synchronized(router);
        router.Gate = wrapper;
        Known.Add(wrapper, router);
        return wrapper;
    }
}
