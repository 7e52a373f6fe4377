using System.Text.Json;
using Microsoft.Extensions.AI;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;

/// <summary>Guesses tokens from characters: four to a token until a provider says what a request really took. Thread-safe.</summary>
internal sealed class TokenEstimate
{
    private const double Usual = 4;
    private double _charactersPerToken = Usual;

    public double CharactersPerToken => Volatile.Read(ref _charactersPerToken);

    public int Of(IEnumerable<ChatMessage> messages) => Tokens(messages.Sum(Characters));

    public int Of(string text) => Tokens(text.Length);

    public int Of(int characters) => Tokens(characters);

    /// <summary>What a provider counted for a request. The wire's own words are in its count too, so that only a part of the difference is taken.</summary>
    /// <param name="more">Characters of the request that stand in no message: its tools.</param>
    public void Learn(IEnumerable<ChatMessage> messages, int more, long inputTokens)
    {
        int characters = messages.Sum(Characters) + more;
        if (inputTokens <= 0 || characters < 400)
            return;
        double measured = Math.Clamp((double)characters / inputTokens, 1, 6);
        Volatile.Write(ref _charactersPerToken, (CharactersPerToken + measured) / 2);
    }

    private int Tokens(int characters) => (int)Math.Ceiling(characters / CharactersPerToken);

    private static int Characters(ChatMessage message) => 8 + message.Contents.Sum(content => content switch
    {
        TextContent text => text.Text.Length,
        FunctionCallContent call => call.Name.Length + JsonSerializer.Serialize(call.Arguments).Length,
        FunctionResultContent result => result.Result?.ToString()?.Length ?? 0,
        _ => 0,
    });
}
