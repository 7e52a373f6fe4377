using System.Text.Json;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible;

/// <summary>Asks a server for its list of models: whether it is there, takes the key, and knows the model. Costs nothing.</summary>
/// <param name="model">The model that is configured.</param>
public sealed class OpenAiProbe(OpenAiServer server, string model, TimeProvider time) : IEngineProbe
{
    private const int ModelsNamed = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public string Name => server.Name;

    public async ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var connection = new ServerConnection(server, time);
            return Judge(await connection.GetModelsAsync(both.Token).ConfigureAwait(false));
        }
        catch (ProviderException e)
        {
            return EngineStatus.Missing(e.Message);
        }
        catch (ArgumentException e)
        {
            return EngineStatus.Missing(e.Message); // what is configured cannot be sent
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return EngineStatus.Missing($"{server.Name} gave no answer within {Patience.TotalSeconds:0} s: check base_url and whether it runs.");
        }
    }

    private EngineStatus Judge(byte[]? list)
    {
        if (list is null)
            return EngineStatus.Degraded($"{server.Name} is there, but has no list of models: whether it has '{model}' shows at the first call.");
        if (!TryReadNames(list, out var names))
            return EngineStatus.Missing($"{server.Name} answered with something that is no list of models: base_url must be the root of its API, usually ending in /v1.");
        // Ollama knows a model by its tag, too.
        if (names.Contains(model) || names.Contains($"{model}:latest"))
            return EngineStatus.Ok($"{server.Name} is there and has '{model}'.");
        string known = names.Count == 0 ? "none" : string.Join(", ", names.Take(ModelsNamed)) + (names.Count > ModelsNamed ? ", …" : "");
        return EngineStatus.Degraded($"{server.Name} is there, but '{model}' is not in its list of models ({known}): check model.");
    }

    private static bool TryReadNames(byte[] list, out List<string> names)
    {
        names = [];
        try
        {
            using var json = JsonDocument.Parse(list);
            var data = json.RootElement.Field("data");
            names.AddRange(data.Items().Select(item => item.Text("id")).OfType<string>());
            return data.ValueKind == JsonValueKind.Array || json.RootElement.Text("object") == "list"; // an empty list may be null
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
