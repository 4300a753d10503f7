using System;
using System.Linq;
using System.Reflection;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A delegate: for each of its targets the method and the object it is closed over, captured variables included.</summary>
internal sealed class DelegateCodec(Type type) : Codec(type)
{
    public override Tracking Tracking => Tracking.None;

    public override string? Refuse(object value) =>
        ((Delegate)value).GetInvocationList().Select(single => MethodNames.Refuse(single)).FirstOrDefault(reason => reason is not null);

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
        if (count == 0)
        {
            throw reader.Malformed("the method of a delegate");
        }

        var list = new Delegate[count];
        for (var i = 0; i < count; i++)
        {
            var method = MethodNames.Read(reader);
            var target = reader.ReadReference(typeof(object));
            if (target is null ? !method.IsStatic && !IsOpen(method) : !Accepts(method, target))
            {
                throw new WireFormatException($"A message from {reader.Types.Peer} does not decode: {method.Name} cannot be called on the object it comes with.");
            }

            list[i] = Delegate.CreateDelegate(Type, target, method, false)
                ?? throw new WireFormatException($"A message from {reader.Types.Peer} does not decode: {TypeNames.Of(method.DeclaringType!)}.{method.Name} is no {TypeNames.Of(Type)}.");
        }

        return count == 1 ? list[0] : Delegate.Combine(list)!;
    }

    private void WriteSingle(WireWriter writer, Delegate single)
    {
        if (MethodNames.Refuse(single) is { } reason)
        {
            throw Refusals.Of(Type, reason);
        }

        MethodNames.Write(writer, single.Method);
        writer.WriteReference(single.Target, typeof(object));
    }

    /// <summary>A delegate to an instance method that takes its object as the first argument.</summary>
    private bool IsOpen(MethodInfo method) => Type.GetMethod("Invoke")!.GetParameters().Length == method.GetParameters().Length + 1;

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

/// <summary>Methods by name where they are public ones of the framework, whose builds may differ between ranks; else by their token in a module known to be the same build.</summary>
internal static class MethodNames
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance;
    private const int MostParameters = 64;

    public static string? Refuse(Delegate single)
    {
        var method = single.Method;
        var owner = method.DeclaringType;
        if (owner is null || owner.Assembly.IsDynamic || method.GetType().Name.Contains("Dynamic", StringComparison.Ordinal))
        {
            return "a method compiled at run time exists in this process only";
        }

        if (Frameworks.Contains(owner) && !IsKnown(method))
        {
            return $"{TypeNames.Of(owner)}.{method.Name} may not be named in a message; wrap it in a lambda";
        }

        return SentTypes.Unnamed(owner) is { } unnamed ? $"{TypeNames.Of(unnamed)} may not be named in a message" : null;
    }

    public static void Write(WireWriter writer, MethodInfo method)
    {
        var owner = method.DeclaringType!;
        writer.WriteType(owner);
        if (Frameworks.Contains(owner))
        {
            writer.WriteString(method.Name);
            var parameters = method.GetParameters();
            writer.WriteVarUInt((ulong)parameters.Length);
            foreach (var parameter in parameters)
            {
                writer.WriteType(parameter.ParameterType);
            }

            return;
        }

        writer.WriteInt32(method.MetadataToken);
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        writer.WriteVarUInt((ulong)arguments.Length);
        foreach (var argument in arguments)
        {
            writer.WriteType(argument);
        }
    }

    public static MethodInfo Read(WireReader reader)
    {
        var owner = reader.ReadType();
        return Frameworks.Contains(owner) ? ReadByName(reader, owner) : ReadByToken(reader, owner);
    }

    private static MethodInfo ReadByName(WireReader reader, Type owner)
    {
        var name = reader.ReadString() ?? throw reader.Malformed("the name of a method");
        var parameters = ReadTypes(reader);
        var found = owner.GetMethod(name, Public | BindingFlags.DeclaredOnly, parameters);
        return found is not null && IsKnown(found) ? found : throw reader.Malformed($"a method of {TypeNames.Of(owner)}");
    }

    private static MethodInfo ReadByToken(WireReader reader, Type owner)
    {
        var token = reader.ReadInt32();
        var arguments = ReadTypes(reader);
        if (token >> 24 != 0x06 || owner.ContainsGenericParameters || owner.Module.ResolveMethod(token) is not MethodInfo method || method.DeclaringType is null)
        {
            throw reader.Malformed("a method");
        }

        var open = owner.IsGenericType ? owner.GetGenericTypeDefinition() : owner;
        if (method.DeclaringType != open)
        {
            throw reader.Malformed($"a method of {TypeNames.Of(owner)}");
        }

        if (owner.IsGenericType)
        {
            method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, owner.TypeHandle)!;
        }

        if (method.GetGenericArguments().Length != arguments.Length)
        {
            throw reader.Malformed($"{method.GetGenericArguments().Length} type arguments of {method.Name}");
        }

        return arguments.Length == 0 ? method : method.MakeGenericMethod(arguments);
    }

    private static Type[] ReadTypes(WireReader reader)
    {
        var types = new Type[reader.ReadCount(1)];
        if (types.Length > MostParameters)
        {
            throw reader.Malformed("the types of a method");
        }

        for (var i = 0; i < types.Length; i++)
        {
            types[i] = reader.ReadType();
        }

        return types;
    }

    private static bool IsKnown(MethodInfo method) =>
        method.IsPublic && !method.IsGenericMethod && method.DeclaringType is { } owner && FixedTypes.IdOf(owner.IsConstructedGenericType ? owner.GetGenericTypeDefinition() : owner) >= 0
        && method.GetParameters().All(parameter => SentTypes.Unnamed(parameter.ParameterType) is null);
}
