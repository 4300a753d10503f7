using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>The framework's arithmetic trusts the bits of its own structs; bytes from outside are looked at first.</summary>
internal static class ValueChecks
{
    public static void Check<T>(WireReader reader, Array array) where T : struct
    {
        if ((typeof(T) != typeof(decimal) && typeof(T) != typeof(DateTime)) || array.Length == 0)
        {
            return;
        }

        foreach (ref var element in MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length))
        {
            if (typeof(T) == typeof(decimal))
            {
                Check(reader, Unsafe.As<T, decimal>(ref element));
            }
            else
            {
                Check(reader, Unsafe.As<T, DateTime>(ref element));
            }
        }
    }

    /// <summary>ECMA-335 leaves the layout open; in .NET the first word holds sign and scale, and nothing else.</summary>
    public static void Check(WireReader reader, decimal value)
    {
        var flags = Unsafe.As<decimal, int>(ref value);
        if ((flags & ~unchecked((int)0x80FF0000)) != 0 || ((flags >> 16) & 0xFF) > 28)
        {
            throw reader.Malformed("a decimal number");
        }
    }

    public static void Check(WireReader reader, DateTime value)
    {
        if (value.Ticks > DateTime.MaxValue.Ticks)
        {
            throw reader.Malformed("a date");
        }
    }
}
