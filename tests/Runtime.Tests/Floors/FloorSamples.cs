// What FloorTests must find: each type above hides behind one kind of use below. The namespaces are blocks, so that one file shows them all.
#pragma warning disable IDE0161 // see above
using System;
using System.Collections.Generic;

namespace HpcRuntime.Tests.Floors.High.Field
{
    internal sealed class Thing;
}

namespace HpcRuntime.Tests.Floors.High.Base
{
    internal class Thing;
}

namespace HpcRuntime.Tests.Floors.High.Contract
{
    internal interface IThing;
}

namespace HpcRuntime.Tests.Floors.High.Signature
{
    internal sealed class Thing;
}

namespace HpcRuntime.Tests.Floors.High.Body
{
    internal sealed class Thing;
}

namespace HpcRuntime.Tests.Floors.High.Generic
{
    internal sealed class Thing;
}

namespace HpcRuntime.Tests.Floors.High.Attribute
{
    [AttributeUsage(AttributeTargets.All)]
    internal sealed class ThingAttribute : System.Attribute;
}

namespace HpcRuntime.Tests.Floors.High.Constraint
{
    internal interface IThing;
}

namespace HpcRuntime.Tests.Floors.High.Local
{
    internal struct Thing
    {
        public int Value;
    }
}

namespace HpcRuntime.Tests.Floors.High.Caught
{
    internal sealed class ThingException : Exception;
}

namespace HpcRuntime.Tests.Floors.High.Lambda
{
    internal sealed class Thing;
}

namespace HpcRuntime.Tests.Floors.High.Static
{
    internal static class Thing
    {
        public static int Count { get; set; }
    }
}

namespace HpcRuntime.Tests.Floors.Low
{
    internal abstract class Base : High.Base.Thing, High.Contract.IThing
    {
        private readonly Dictionary<int, High.Field.Thing[]> _field = [];

        public abstract void Take(ref List<High.Signature.Thing> things);

        public int Use()
        {
            High.Local.Thing local = default;
            local.Value = _field.Count;
            Func<object> lambda = () => new High.Lambda.Thing();
            try
            {
                return local.Value + Array.Empty<High.Generic.Thing>().Length + High.Static.Thing.Count + lambda().GetHashCode();
            }
            catch (High.Caught.ThingException)
            {
                return typeof(High.Body.Thing).Name.Length;
            }
        }
    }

    internal static class Marked<T> where T : High.Constraint.IThing
    {
        [High.Attribute.Thing]
        public static string Name => typeof(T).Name;
    }
}
