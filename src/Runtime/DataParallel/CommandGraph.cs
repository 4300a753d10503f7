using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Commands with names that come after others, in any order of writing: a name may be used before it is given. Not thread-safe; may be submitted any number of times.</summary>
public sealed class CommandGraph
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);

    /// <summary>How many commands it has.</summary>
    public int Count => _nodes.Count;

    /// <summary>Adds a function.</summary>
    /// <param name="name">Its name in this graph, and its label.</param>
    /// <param name="function">The work; it travels with what it captured when the graph is submitted.</param>
    /// <param name="after">Names of what it comes after, given before or later.</param>
    /// <param name="options">Priority, timeout, policy and so on; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public CommandGraph Add<T>(string name, Func<T> function, IReadOnlyCollection<string>? after = null, FutureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Add(name, after, (processor, before) => processor.Submit(function, Labelled(name, options), before));
    }

    /// <summary>Adds a command.</summary>
    /// <inheritdoc cref="Add{T}(string, Func{T}, IReadOnlyCollection{string}, FutureOptions)"/>
    public CommandGraph Add<T>(string name, SlaveCommand<T> command, IReadOnlyCollection<string>? after = null, FutureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Add(name, after, (processor, before) => processor.Submit(command, Labelled(name, options), before));
    }

    /// <summary>Submits all commands; those that come after others wait for them. Costs its edges.</summary>
    /// <returns>The futures by name; each is a <see cref="Task{T}"/> of its command's value.</returns>
    /// <exception cref="ArgumentException">A command comes after a name that was never given, or after itself by way of others; the message names them. Nothing was submitted.</exception>
    public IReadOnlyDictionary<string, Task> Submit(Processor processor)
    {
        ArgumentNullException.ThrowIfNull(processor);
        var futures = new Dictionary<string, Task>(StringComparer.Ordinal);
        foreach (var node in InOrder())
        {
            futures.Add(node.Name, node.Start(processor, [.. node.After.Select(name => futures[name])]));
        }

        return futures;
    }

    private static FutureOptions Labelled(string name, FutureOptions? options) => (options ?? new FutureOptions()) with { Label = options?.Label ?? name };

    private CommandGraph Add(string name, IReadOnlyCollection<string>? after, Func<Processor, Task[], Task> start)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _nodes.TryAdd(name, new Node(name, [.. (after ?? []).Distinct(StringComparer.Ordinal)], start))
            ? this
            : throw new ArgumentException($"The graph has a command '{name}' already.", nameof(name));
    }

    /// <summary>What comes first, first (Kahn 1962); commands that are ready together keep the order in which they were added.</summary>
    private List<Node> InOrder()
    {
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        var dependents = new Dictionary<string, List<Node>>(StringComparer.Ordinal);
        foreach (var node in _nodes.Values)
        {
            left.Add(node.Name, node.After.Length);
            foreach (var name in node.After)
            {
                if (!_nodes.ContainsKey(name))
                {
                    throw new ArgumentException($"Command '{node.Name}' comes after '{name}', which the graph does not have.");
                }

                (dependents.TryGetValue(name, out var list) ? list : dependents[name] = []).Add(node);
            }
        }

        var ordered = new List<Node>(_nodes.Count);
        var ready = new Queue<Node>(_nodes.Values.Where(node => node.After.Length == 0));
        while (ready.TryDequeue(out var next))
        {
            ordered.Add(next);
            foreach (var dependent in dependents.GetValueOrDefault(next.Name) ?? [])
            {
                if (--left[dependent.Name] == 0)
                {
                    ready.Enqueue(dependent);
                }
            }
        }

        return ordered.Count == _nodes.Count ? ordered : throw new ArgumentException($"Commands come after each other in a circle: {Circle(left)}.");
    }

    private string Circle(Dictionary<string, int> left)
    {
        var path = new List<string>();
        var at = left.First(one => one.Value > 0).Key;
        while (!path.Contains(at))
        {
            path.Add(at);
            at = _nodes[at].After.First(name => left[name] > 0);
        }

        path.Add(at);
        return string.Join(" after ", path.Skip(path.IndexOf(at)).Select(name => $"'{name}'"));
    }

    private sealed record Node(string Name, string[] After, Func<Processor, Task[], Task> Start);
}
