using System.Text;
using Microsoft.AspNetCore.Http;

namespace PhoneAgent.Testing.Providers;

/// <summary>How a server answers one request.</summary>
public delegate Task WireAnswer(WireWriter wire);

/// <summary>The server's side of one answer. Everything that is sent goes out at once.</summary>
public sealed class WireWriter(HttpContext context, ReceivedRequest request)
{
    public ReceivedRequest Request => request;

    /// <summary>Status and headers, before the first byte of the body.</summary>
    public void Begin(int status, string contentType, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        foreach ((string name, string value) in headers)
            context.Response.Headers[name] = value;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>One server-sent event.</summary>
    public Task SendEventAsync(string data) => SendAsync($"data: {data}\n\n");

    /// <summary>Sends the headers, so that the client has the beginning of an answer.</summary>
    public Task FlushAsync() => context.Response.Body.FlushAsync(context.RequestAborted);

    /// <summary>Waits for the test, or until the client is gone.</summary>
    public Task HoldAsync(Task release) => release.WaitAsync(context.RequestAborted);

    /// <summary>Closes the connection in the midst of it.</summary>
    public void Abort() => context.Abort();
}
