using PhoneAgent.Inference.PocketSphinx.Grammar;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>A grammar as the decoders take it. Immutable, shared by all of them.</summary>
internal sealed record CompiledGrammar(
    string Name, AnswerGrammar Answers, string Fsg, IReadOnlyList<KeyValuePair<string, string[]>> Pronunciations, IReadOnlyList<string> Problems);
