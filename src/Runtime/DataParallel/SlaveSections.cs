using System;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Places in a command where slaves wait for each other, and what a slave keeps to itself. For commands, functions and the items of maps, on every fabric.</summary>
public static class SlaveSections
{
    extension(ISlaveContext slave)
    {
        /// <summary>This slave's place among the slaves, from 0; 0 as well where the calling thread of a map works itself.</summary>
        public int Index => Math.Max(0, slave.Rank - 1);

        /// <summary>How many slaves there were when this one joined.</summary>
        public int Count => Math.Max(1, slave.Size - 1);

        /// <summary>Runs an action while no other slave of this processor is inside the section of that name. Released when the action ends, throws, or its slave dies. Waiting takes no core. A slave that is inside already goes straight in.</summary>
        /// <param name="name">The section's name.</param>
        /// <param name="action">What only one does at a time.</param>
        /// <exception cref="OperationCanceledException">The command was cancelled, or its time was up, while it waited.</exception>
        public void Critical(string name, Action action)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            ArgumentNullException.ThrowIfNull(action);
            if (SlaveLine.ContextOf(slave) is not { } context || SlaveLine.Of(context) is { } line && line.Holds(name))
            {
                action();
                return;
            }

            line = SlaveLine.Of(context);
            try
            {
                line.Ask(question => new EnterCriticalWord(name, question));
                line.Hold(name, true);
                action();
            }
            finally
            {
                line.Hold(name, false);
                line.Say(new LeaveCriticalWord(name)); // Where it was still waiting, this withdraws the question.
            }
        }

        /// <summary>Runs an action once every item before this one has left its own such section or has ended without entering it. Once for each item of a map.
        /// Waiting takes no core. An item that is repeated because its slave was lost, and had been inside before, does not wait.</summary>
        /// <param name="action">What is done in input order.</param>
        /// <exception cref="InvalidOperationException">This is no item of a map.</exception>
        /// <exception cref="OperationCanceledException">The map was cancelled, or the item's time was up, while it waited.</exception>
        public void Ordered(Action action)
        {
            ArgumentNullException.ThrowIfNull(action);
            if (slave is not ItemContext item)
            {
                throw new InvalidOperationException("Only the items of a map have an order. Use slave.Ordered in the function of a Map, with its second parameter.");
            }

            if (SlaveLine.ContextOf(slave) is not { } context)
            {
                action(); // The calling thread works on one item after the other.
                return;
            }

            if (item.Block is ItemContext)
            {
                throw new InvalidOperationException("The items of a map inside a map run one after the other; use slave.Ordered of the outer item.");
            }

            var line = SlaveLine.Of(context);
            if (!line.Ask(question => new EnterOrderedWord(item.Index, question)))
            {
                item.IsDeferred = true;
                throw new ItemDeferredException();
            }

            try
            {
                action();
            }
            finally
            {
                line.Say(new LeaveOrderedWord(item.Index));
            }
        }

        /// <summary>A value that lives with this slave, across commands and maps: made by <paramref name="factory"/> when it is first asked for, gone with the slave.</summary>
        /// <param name="factory">Makes the value, on the slave.</param>
        /// <param name="name">Tells several values of one type apart. Default: the one without a name.</param>
        public T Local<T>(Func<T> factory, string name = "")
        {
            ArgumentNullException.ThrowIfNull(factory);
            ArgumentNullException.ThrowIfNull(name);
            var own = SlaveLine.Unwrap(slave);
            return own switch
            {
                SlaveContext context => (T)context.Slave.Locals.GetOrAdd((typeof(T), name), _ => factory())!,
                MasterContext master => master.Local(factory, name),
                _ => throw new NotSupportedException($"A {own.GetType().Name} is no slave of a processor."),
            };
        }
    }
}
