using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>The named values on one rank, with as many versions of each as some command may still see. Thread-safe.</summary>
internal sealed class SlaveDataStore(int rank)
{
    private readonly object _gate = new();
    private readonly Dictionary<string, List<Version>> _names = [];

    /// <summary>Takes a value from a message, after <see cref="Forget"/>. One that does not decode is kept as its error, for whoever asks for it.</summary>
    internal void Take(in DataHeader header, WireReader reader, IWireSerializer serializer)
    {
        if (!header.Present && header.Version <= header.Oldest)
        {
            return; // Nobody can see what was there before.
        }

        object? value = null;
        Exception? error = null;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            value = header.Present ? serializer.Read(reader) : null;
        }
        catch (WireFormatException malformed)
        {
            error = malformed;
        }

        Put(header.Name, header.Version, header.Present, value, error, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    internal void Put(string name, long version, bool present, object? value, Exception? error = null, long bytes = 0)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(name, out var versions))
            {
                _names.Add(name, versions = []);
            }

            versions.Add(new Version(version, present, value, error, bytes));
        }
    }

    /// <summary>Forgets what no command can see any more once this value is here, which may be before it is.</summary>
    /// <returns>As <see cref="ForgetBefore"/>.</returns>
    internal long Forget(in DataHeader header) => ForgetBefore(header.Oldest, header.Version <= header.Oldest ? header.Name : null);

    /// <summary>Forgets what no command of <paramref name="version"/> or later can see.</summary>
    /// <param name="version">The oldest that some command may ask for.</param>
    /// <param name="replaced">The name of which nothing will be seen that is here now; null for none.</param>
    /// <returns>The memory that values which were forgotten took when they arrived, in bytes.</returns>
    internal long ForgetBefore(long version, string? replaced = null)
    {
        lock (_gate)
        {
            var bytes = 0L;
            foreach (var (name, versions) in _names.ToArray())
            {
                var forgotten = name == replaced ? versions.Count : Math.Max(0, versions.FindLastIndex(v => v.Number <= version));
                bytes += versions.Take(forgotten).Sum(v => v.Bytes);
                versions.RemoveRange(0, forgotten);
                if (versions.Count == 0 || (versions.Count == 1 && !versions[0].Present && versions[0].Number <= version))
                {
                    _names.Remove(name);
                }
            }

            return bytes;
        }
    }

    /// <summary>The data as it was at <paramref name="version"/>.</summary>
    internal IDataStore At(long version) => new View(this, version);

    private bool TryFind(string name, long version, out Version found)
    {
        lock (_gate)
        {
            found = default;
            if (!_names.TryGetValue(name, out var versions))
            {
                return false;
            }

            var index = versions.FindLastIndex(v => v.Number <= version);
            if (index < 0)
            {
                return false;
            }

            found = versions[index];
            return found.Present;
        }
    }

    private string Known(long version)
    {
        lock (_gate)
        {
            var names = _names.Where(n => n.Value.Any(v => v.Number <= version)).Select(n => $"'{n.Key}'").Order(StringComparer.Ordinal).ToArray();
            return names.Length == 0 ? "nothing was sent before this command was queued; use SendData on the master first." : $"known here: {string.Join(", ", names)}.";
        }
    }

    private readonly record struct Version(long Number, bool Present, object? Value, Exception? Error, long Bytes);

    private sealed class View(SlaveDataStore store, long version) : IDataStore
    {
        public T Get<T>(string name)
        {
            ArgumentNullException.ThrowIfNull(name);
            if (!store.TryFind(name, version, out var found))
            {
                throw new DataNotFoundException(name, store.Rank, store.Known(version));
            }

            if (found.Error is not null)
            {
                throw new DataNotFoundException(name, store.Rank, $"it arrived but does not decode: {found.Error.Message}");
            }

            return found.Value switch
            {
                T value => value,
                null when default(T) is null => default!,
                var other => throw new DataNotFoundException(name, store.Rank, $"it is a {other?.GetType().ToString() ?? "null"}, asked for as {typeof(T)}."),
            };
        }

        public bool TryGet<T>(string name, out T value)
        {
            ArgumentNullException.ThrowIfNull(name);
            if (store.TryFind(name, version, out var found) && found.Error is null && (found.Value is T || (found.Value is null && default(T) is null)))
            {
                value = (T)found.Value!;
                return true;
            }

            value = default!;
            return false;
        }
    }

    private int Rank => rank;
}
