using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace PhoneAgent.Server.Dashboard;

/// <summary>
/// Renders pieces of pages for streams, by the components that render them in a page: what a page shows is written down once,
/// and callers' words are encoded by the framework in both cases. For one piece of work; not thread-safe.
/// </summary>
internal sealed class Fragments(IServiceProvider services, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly HtmlRenderer _renderer = new(services, loggers);

    public Task<string> RenderAsync<TComponent>(params (string Name, object? Value)[] parameters) where TComponent : IComponent =>
        _renderer.Dispatcher.InvokeAsync(async () =>
        {
            var view = ParameterView.FromDictionary(parameters.ToDictionary(p => p.Name, p => p.Value));
            return (await _renderer.RenderComponentAsync<TComponent>(view).ConfigureAwait(true)).ToHtmlString().Trim();
        });

    public ValueTask DisposeAsync() => _renderer.DisposeAsync();
}
