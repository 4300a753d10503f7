using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Reflection;

namespace HpcRuntime.Wire.Codecs;

/// <summary>How a method is named: by name where it is a public one of the framework, whose builds may differ between ranks; else by its token in a module known to be the same build.</summary>
internal sealed class MethodNames
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance;
    private const int MostParameters = 64;
    private const int MethodTable = 0x06;

    private static readonly ConcurrentDictionary<MethodInfo, MethodNames> Known = new();
    private static readonly ConcurrentDictionary<(Type Owner, int Token), MethodInfo> Resolved = new();

    private readonly Type _owner;
    private readonly string? _name;
    private readonly int _token;
    private readonly Type[] _types = [];

    private MethodNames(MethodInfo method)
    {
        _owner = method.DeclaringType ?? typeof(void);
        Refusal = Judge(method);
        if (Refusal is not null)
        {
            return;
        }

        if (Frameworks.Contains(_owner))
        {
            _name = method.Name;
            _types = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType);
        }
        else
        {
            _token = method.MetadataToken;
            _types = method.IsGenericMethod ? method.GetGenericArguments() : [];
        }
    }

    /// <summary>Why the method cannot be named; null when it can.</summary>
    public string? Refusal { get; }

    // Methods made at run time come and go; only those that can be named are remembered.
    public static MethodNames Of(MethodInfo method)
    {
        if (Known.TryGetValue(method, out var known))
        {
            return known;
        }

        var name = new MethodNames(method);
        return name.Refusal is null ? Known.GetOrAdd(method, name) : name;
    }

    public static MethodInfo Read(WireReader reader)
    {
        var owner = reader.ReadType();
        return Frameworks.Contains(owner) ? ReadByName(reader, owner) : ReadByToken(reader, owner);
    }

    public void Write(WireWriter writer)
    {
        writer.WriteType(_owner);
        if (_name is not null)
        {
            writer.WriteString(_name);
        }
        else
        {
            writer.WriteInt32(_token);
        }

        writer.WriteVarUInt((ulong)_types.Length);
        foreach (var type in _types)
        {
            writer.WriteType(type);
        }
    }

    private static string? Judge(MethodInfo method)
    {
        var owner = method.DeclaringType;
        if (owner is null || owner.Assembly.IsDynamic)
        {
            return "a method compiled at run time exists in this process only";
        }

        if (Frameworks.Contains(owner) && !IsNameable(method))
        {
            return $"{TypeNames.Of(owner)}.{method.Name} may not be named in a message; wrap it in a lambda";
        }

        var unnamed = SentTypes.Unnamed(owner) ?? (method.IsGenericMethod ? method.GetGenericArguments().Select(SentTypes.Unnamed).FirstOrDefault(type => type is not null) : null);
        return unnamed is null ? null : $"{TypeNames.Of(unnamed)} may not be named in a message";
    }

    private static MethodInfo ReadByName(WireReader reader, Type owner)
    {
        var name = reader.ReadString() ?? throw reader.Malformed("the name of a method");
        var found = owner.GetMethod(name, Public | BindingFlags.DeclaredOnly, ReadTypes(reader));
        return found is not null && IsNameable(found) ? found : throw reader.Malformed($"a method of {TypeNames.Of(owner)}");
    }

    private static MethodInfo ReadByToken(WireReader reader, Type owner)
    {
        var token = reader.ReadInt32();
        var arguments = ReadTypes(reader);
        if (!Resolved.TryGetValue((owner, token), out var method))
        {
            method = Resolved.GetOrAdd((owner, token), Resolve(reader, owner, token));
        }

        if (!method.IsGenericMethodDefinition)
        {
            return arguments.Length == 0 ? method : throw reader.Malformed($"no type argument of {method.Name}");
        }

        return method.GetGenericArguments().Length == arguments.Length ? method.MakeGenericMethod(arguments) : throw reader.Malformed($"as many type arguments as {method.Name} has");
    }

    private static MethodInfo Resolve(WireReader reader, Type owner, int token)
    {
        if (token >> 24 != MethodTable || owner.ContainsGenericParameters || owner.Module.ResolveMethod(token) is not MethodInfo method
            || method.DeclaringType != (owner.IsGenericType ? owner.GetGenericTypeDefinition() : owner))
        {
            throw reader.Malformed($"a method of {TypeNames.Of(owner)}");
        }

        return owner.IsGenericType ? (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, owner.TypeHandle)! : method;
    }

    private static Type[] ReadTypes(WireReader reader)
    {
        var count = reader.ReadCount(1);
        if (count == 0)
        {
            return [];
        }

        if (count > MostParameters)
        {
            throw reader.Malformed("the types of a method");
        }

        var types = new Type[count];
        for (var i = 0; i < count; i++)
        {
            types[i] = reader.ReadType();
        }

        return types;
    }

    private static bool IsNameable(MethodInfo method) =>
        method.IsPublic && !method.IsGenericMethod && method.DeclaringType is { } owner && FixedTypes.IdOf(owner.IsConstructedGenericType ? owner.GetGenericTypeDefinition() : owner) >= 0
        && method.GetParameters().All(parameter => SentTypes.Unnamed(parameter.ParameterType) is null);
}
