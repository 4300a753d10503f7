using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A delegate: for each of its targets the method and the object it is closed over, captured variables included.</summary>
internal sealed class DelegateCodec(Type type) : Codec(type)
{
    private readonly int _parameters = type.GetMethod("Invoke")!.GetParameters().Length;
    private readonly ConcurrentDictionary<MethodInfo, Func<object, Delegate>> _closed = new();
    private readonly ConcurrentDictionary<MethodInfo, Delegate> _open = new();

    public override Tracking Tracking => Tracking.None;

    public override string? Refuse(object value) =>
        ((Delegate)value).GetInvocationList().Select(single => MethodNames.Of(single.Method).Refusal).FirstOrDefault(reason => reason is not null);

    public override void WriteBody(WireWriter writer, object value)
    {
        var all = (Delegate)value;
        if (all.HasSingleTarget)
        {
            writer.WriteVarUInt(1);
            WriteSingle(writer, all);
            return;
        }

        var list = all.GetInvocationList();
        writer.WriteVarUInt((ulong)list.Length);
        foreach (var single in list)
        {
            WriteSingle(writer, single);
        }
    }

    public override object Allocate(WireReader reader)
    {
        var count = reader.ReadCount(3);
        if (count == 1)
        {
            return ReadSingle(reader);
        }

        if (count == 0)
        {
            throw reader.Malformed("the method of a delegate");
        }

        var list = new Delegate[count];
        for (var i = 0; i < count; i++)
        {
            list[i] = ReadSingle(reader);
        }

        return Delegate.Combine(list)!;
    }

    private void WriteSingle(WireWriter writer, Delegate single)
    {
        var name = MethodNames.Of(single.Method);
        if (name.Refusal is not null)
        {
            throw Refusals.Of(Type, name.Refusal);
        }

        name.Write(writer);
        writer.WriteReference(single.Target, typeof(object));
    }

    private Delegate ReadSingle(WireReader reader)
    {
        var method = MethodNames.Read(reader);
        var target = reader.ReadReference(typeof(object));
        if (target is null)
        {
            return _open.TryGetValue(method, out var known) ? known : _open.GetOrAdd(method, Bind(reader, method, null));
        }

        if (!Accepts(method, target))
        {
            throw new WireFormatException($"A message from {reader.Types.Peer} does not decode: {method.Name} cannot be called on the object it comes with.");
        }

        if (_closed.TryGetValue(method, out var make))
        {
            return make(target);
        }

        // The first delegate of a method is made by reflection, which checks that the signatures agree; later ones differ only in their target.
        var first = Bind(reader, method, target);
        if (!method.IsStatic && (!method.IsVirtual || method.IsFinal) && !method.DeclaringType!.IsValueType)
        {
            _closed.TryAdd(method, Compile(method));
        }

        return first;
    }

    private Delegate Bind(WireReader reader, MethodInfo method, object? target)
    {
        var fits = target is not null || method.IsStatic || _parameters == method.GetParameters().Length + 1;
        return (fits ? Delegate.CreateDelegate(Type, target, method, false) : null)
            ?? throw new WireFormatException($"A message from {reader.Types.Peer} does not decode: {TypeNames.Of(method.DeclaringType!)}.{method.Name} is no {TypeNames.Of(Type)}.");
    }

    private Func<object, Delegate> Compile(MethodInfo method)
    {
        var maker = new DynamicMethod("Make " + Type.Name, typeof(Delegate), [typeof(object), typeof(object)], typeof(Codec).Module, true);
        var il = maker.GetILGenerator();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldftn, method);
        il.Emit(OpCodes.Newobj, Type.GetConstructors()[0]);
        il.Emit(OpCodes.Ret);
        return maker.CreateDelegate<Func<object, Delegate>>(this);
    }

    private static bool Accepts(MethodInfo method, object target)
    {
        if (!method.IsStatic)
        {
            return method.DeclaringType!.IsInstanceOfType(target);
        }

        var parameters = method.GetParameters();
        return parameters.Length > 0 && parameters[0].ParameterType.IsInstanceOfType(target);
    }
}
