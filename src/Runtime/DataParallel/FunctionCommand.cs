using System;
using System.Threading.Tasks;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <summary>A function as a command, with what it captured. One of the four is set; each has its own field, because a task may not be named in a message.</summary>
internal sealed class FunctionCommand<T> : SlaveCommand<T>
{
    private readonly Func<T>? _function;
    private readonly Func<ISlaveContext, T>? _slaveFunction;
    private readonly Func<Task<T>>? _asyncFunction;
    private readonly Func<ISlaveContext, Task<T>>? _asyncSlaveFunction;

    internal FunctionCommand(Func<T> function) => _function = function;

    internal FunctionCommand(Func<ISlaveContext, T> function) => _slaveFunction = function;

    internal FunctionCommand(Func<Task<T>> function) => _asyncFunction = function;

    internal FunctionCommand(Func<ISlaveContext, Task<T>> function) => _asyncSlaveFunction = function;

    internal override object KindKey => Function.Method;

    internal override string KindLabel => FunctionNames.Of(Function);

    private Delegate Function => _function ?? _slaveFunction ?? _asyncFunction ?? (Delegate)_asyncSlaveFunction!;

    public override T Run(ISlaveContext slave)
    {
        if (_function is not null)
        {
            return _function();
        }

        if (_slaveFunction is not null)
        {
            return _slaveFunction(slave);
        }

        return (_asyncFunction is not null ? _asyncFunction() : _asyncSlaveFunction!(slave)).GetAwaiter().GetResult();
    }
}

/// <summary>A function without a value as a command.</summary>
internal sealed class ActionCommand : SlaveCommand
{
    private readonly Action? _action;
    private readonly Action<ISlaveContext>? _slaveAction;
    private readonly Func<Task>? _asyncAction;
    private readonly Func<ISlaveContext, Task>? _asyncSlaveAction;

    internal ActionCommand(Action action) => _action = action;

    internal ActionCommand(Action<ISlaveContext> action) => _slaveAction = action;

    internal ActionCommand(Func<Task> action) => _asyncAction = action;

    internal ActionCommand(Func<ISlaveContext, Task> action) => _asyncSlaveAction = action;

    internal override object KindKey => Function.Method;

    internal override string KindLabel => FunctionNames.Of(Function);

    private Delegate Function => _action ?? _slaveAction ?? _asyncAction ?? (Delegate)_asyncSlaveAction!;

    public override void Run(ISlaveContext slave)
    {
        if (_action is not null)
        {
            _action();
        }
        else if (_slaveAction is not null)
        {
            _slaveAction(slave);
        }
        else
        {
            (_asyncAction is not null ? _asyncAction() : _asyncSlaveAction!(slave)).GetAwaiter().GetResult();
        }
    }
}
