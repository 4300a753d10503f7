namespace HpcRuntime.Wire.Codecs;

/// <summary>One entry of a table of types, as it travels.</summary>
internal enum TypeDefinitionKind : byte
{
    /// <summary>Assembly, module version id and full name; open where generic.</summary>
    Application,

    /// <summary>Assembly and full name of a framework type that is only named, never instantiated: an interface, an abstract class, an enum, a delegate.</summary>
    Framework,

    /// <summary>An open generic type and its arguments.</summary>
    Constructed,

    /// <summary>An element type and a rank; rank 0 is a vector.</summary>
    Array,
}
