namespace PhoneAgent.Fuzz;

/// <summary>Something that takes bytes from the network and must never throw.</summary>
public interface IFuzzTarget
{
    string Name { get; }

    /// <summary>Valid (or famous) inputs to mutate.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>
    /// Feeds one input. True when it was accepted, false when it was refused. An exception is a finding, be it the
    /// parser's or a <see cref="FuzzException"/> about a property that does not hold.
    /// </summary>
    bool Run(ReadOnlySpan<byte> input);
}

/// <summary>What came out contradicts what must always be true.</summary>
public sealed class FuzzException : Exception
{
    public FuzzException() { }
    public FuzzException(string message) : base(message) { }
    public FuzzException(string message, Exception inner) : base(message, inner) { }
}
