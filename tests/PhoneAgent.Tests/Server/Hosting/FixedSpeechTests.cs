using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.SpeechCache;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class FixedSpeechTests : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"phoneagent-{Guid.NewGuid():N}");
    private readonly VirtualTime _time = new();
    private readonly FakeSynthesizer _voice = new();
    private readonly SpeechCacheStore _store;

    public FixedSpeechTests() => _store = new SpeechCacheStore(new SpeechCacheOptions { Folder = _folder }, _time);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_an_agent_always_says_is_made_before_the_first_call()
    {
        ScriptedAgent agent = FrontDesk();
        ChainMember<ISpeechSynthesizer> member = Member(isLocal: true);
        await using var chain = new SynthesizerChain([member], new ChainOptions(), _time);
        await FixedSpeech.PrepareAsync(Assert.Single(FixedSpeech.KeptBy(chain)), agent, CancellationToken.None);
        Assert.Contains("Are you still there?", _voice.Requests);
        Assert.Contains("One moment, please.", _voice.Requests);
        Assert.DoesNotContain(_voice.Requests, text => text.Contains('{', StringComparison.Ordinal));
        _voice.Requests.Clear();

        await ProviderTrial.SpeakAsync(agent.Sound.Around(chain), new SynthesisRequest("Are you still there?", agent.Session.Speaker.Voice), CancellationToken.None);
        Assert.Empty(_voice.Requests);
        await ProviderTrial.SpeakAsync(agent.Sound.Around(chain), new SynthesisRequest("Your number is four two.", agent.Session.Speaker.Voice), CancellationToken.None);
        Assert.Single(_voice.Requests);
    }

    [Fact]
    public async Task A_service_makes_a_phrase_when_it_is_first_said()
    {
        ChainMember<ISpeechSynthesizer> member = Member(isLocal: false);
        await FixedSpeech.PrepareAsync(member, FrontDesk(), CancellationToken.None);
        Assert.Empty(_voice.Requests);
        await ProviderTrial.SpeakAsync(member.Engine, new SynthesisRequest("Are you still there?"), CancellationToken.None);
        while (_store.Bytes == 0)
            await Task.Yield();
        await ProviderTrial.SpeakAsync(member.Engine, new SynthesisRequest("Are you still there?"), CancellationToken.None);
        Assert.Single(_voice.Requests);
    }

    [Fact]
    public void Words_are_kept_as_they_are_said()
    {
        ScriptedAgent agent = FrontDesk();
        agent = agent with { Sound = new AgentSound { Pronunciations = new Pronunciations(new Dictionary<string, string> { ["still"] = "stilly" }) } };
        Assert.Contains(FixedSpeech.RequestsOf(agent, []), request => request.Text == "Are you stilly there?");
    }

    private ChainMember<ISpeechSynthesizer> Member(bool isLocal) => new(
        "fake", new CachedSynthesizer(_voice, _store, new FixedPhrases()), new ProviderCircuit("tts", "fake", new CircuitOptions(), _time, NullLogger.Instance)) { IsLocal = isLocal };

    private static ScriptedAgent FrontDesk()
    {
        Assert.True(AgentDefinition.TryLoad(Path.Combine(Repository.Root, "config", "agents", "front-desk.yaml"), out AgentDefinition? agent, out _));
        return ScriptedAgent.From("front-desk", agent, new CallSessionOptions(), new HttpClient(), new VirtualTime());
    }
}
