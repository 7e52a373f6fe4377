using PhoneAgent.Conversation;
using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>
/// What one utterance needs while it is spoken: a front end, a decoder with the grammars it has learned, and one for the
/// phone loop that the grammar's words are measured against. Not thread-safe.
/// </summary>
internal sealed class PooledDecoder(SphinxDecoder decoder, SphinxDecoder phoneLoop, CepstrumFrontEnd frontEnd, int grammarCapacity) : IDisposable
{
    private readonly LinkedList<string> recent = new();

    public SphinxDecoder Decoder { get; } = decoder;

    public SphinxDecoder PhoneLoop { get; } = phoneLoop;

    public CepstrumFrontEnd FrontEnd { get; } = frontEnd;

    /// <summary>Teaches the decoder the grammar unless it has it; forgets the one that was not used for longest.</summary>
    public void Use(CompiledGrammar grammar)
    {
        if (recent.Remove(grammar.Name))
        {
            recent.AddFirst(grammar.Name);
            return;
        }
        if (recent.Count >= grammarCapacity)
        {
            Decoder.RemoveGrammar(recent.Last!.Value);
            recent.RemoveLast();
        }
        foreach (var (word, pronunciations) in grammar.Pronunciations)
            Decoder.AddWord(word, pronunciations);
        Decoder.AddGrammar(grammar.Name, grammar.Fsg);
        recent.AddFirst(grammar.Name);
    }

    public void Dispose()
    {
        Decoder.Dispose();
        PhoneLoop.Dispose();
        FrontEnd.Dispose();
    }
}

/// <summary>Decoders to lend, made when first needed. Thread-safe.</summary>
internal sealed class DecoderPool(PocketSphinxOptions options) : IDisposable
{
    private readonly Lock guard = new();
    private readonly Stack<PooledDecoder> free = new();
    private int made;
    private bool disposed;

    /// <summary>Null when all of <see cref="PocketSphinxOptions.MaxDecoders"/> are lent.</summary>
    /// <exception cref="EngineException">The engine cannot make one.</exception>
    public PooledDecoder? TryRent()
    {
        lock (guard)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (free.TryPop(out var decoder))
                return decoder;
            if (made >= options.MaxDecoders)
                return null;
            made++;
        }
        try
        {
            return Create();
        }
        catch
        {
            lock (guard)
                made--;
            throw;
        }
    }

    public void Return(PooledDecoder decoder)
    {
        lock (guard)
        {
            if (!disposed)
            {
                free.Push(decoder);
                return;
            }
        }
        decoder.Dispose();
    }

    public void Dispose()
    {
        lock (guard)
        {
            disposed = true;
            while (free.TryPop(out var decoder))
                decoder.Dispose();
        }
    }

    private PooledDecoder Create()
    {
        using var config = SphinxConfigs.ForGrammar(options);
        using var phoneConfig = SphinxConfigs.ForPhoneLoop(options);
        SphinxDecoder? decoder = null, phoneLoop = null;
        try
        {
            decoder = SphinxDecoder.Create(config, options.ModelFolder);
            phoneLoop = SphinxDecoder.Create(phoneConfig, options.ModelFolder);
            phoneLoop.AddPhoneLoop(options.ModelFolder);
            return new PooledDecoder(decoder, phoneLoop, new CepstrumFrontEnd(config), options.GrammarsPerDecoder);
        }
        catch
        {
            decoder?.Dispose();
            phoneLoop?.Dispose();
            throw;
        }
    }
}
