using System;
using System.Reflection;
using System.Reflection.Emit;

namespace HpcRuntime.Wire.Codecs;

internal delegate void WriteFields<T>(WireWriter writer, ref T value);

internal delegate void ReadFields<T>(WireReader reader, ref T value);

/// <summary>Compiles the fields of a type into one method each way, so that a field costs one call, or none.</summary>
internal static class FieldCompiler
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly MethodInfo WriteRaw = typeof(WireWriter).GetMethod("WriteRaw", Any)!;
    private static readonly MethodInfo ReadRaw = typeof(WireReader).GetMethod("ReadRaw", Any)!;
    private static readonly MethodInfo WriteSlot = typeof(Slot).GetMethod(nameof(Slot.Write), Any)!;
    private static readonly MethodInfo ReadSlot = typeof(Slot).GetMethod(nameof(Slot.Read), Any)!;
    private static readonly MethodInfo WriteString = typeof(WireWriter).GetMethod(nameof(WireWriter.WriteString))!;
    private static readonly MethodInfo ReadString = typeof(WireReader).GetMethod(nameof(WireReader.ReadString))!;
    private static readonly MethodInfo ReadBool = typeof(WireReader).GetMethod(nameof(WireReader.ReadBool))!;

    public static WriteFields<T> CompileWriter<T>(FieldPlan plan)
    {
        var method = new DynamicMethod("Write " + typeof(T).Name, typeof(void), [typeof(object), typeof(WireWriter), typeof(T).MakeByRefType()], typeof(Codec).Module, true);
        var il = method.GetILGenerator();
        foreach (var field in plan.Fields)
        {
            il.Emit(OpCodes.Ldarg_1);
            LoadTarget<T>(il);
            il.Emit(OpCodes.Ldfld, field);
            il.Emit(OpCodes.Call, WriterOf(field.FieldType));
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<WriteFields<T>>(plan);
    }

    public static ReadFields<T> CompileReader<T>(FieldPlan plan)
    {
        var method = new DynamicMethod("Read " + typeof(T).Name, typeof(void), [typeof(object), typeof(WireReader), typeof(T).MakeByRefType()], typeof(Codec).Module, true);
        var il = method.GetILGenerator();
        foreach (var field in plan.Fields)
        {
            LoadTarget<T>(il);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Call, ReaderOf(field.FieldType));
            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<ReadFields<T>>(plan);
    }

    private static void LoadTarget<T>(ILGenerator il)
    {
        il.Emit(OpCodes.Ldarg_2);
        if (!typeof(T).IsValueType)
        {
            il.Emit(OpCodes.Ldind_Ref);
        }
    }

    private static MethodInfo WriterOf(Type type)
    {
        if (type == typeof(string))
        {
            return WriteString;
        }

        return (Blittable.IsSafe(type) ? WriteRaw : WriteSlot).MakeGenericMethod(type);
    }

    private static MethodInfo ReaderOf(Type type)
    {
        if (type == typeof(string))
        {
            return ReadString;
        }

        if (type == typeof(bool))
        {
            return ReadBool;
        }

        return (Blittable.IsSafe(type) ? ReadRaw : ReadSlot).MakeGenericMethod(type);
    }
}
