using System.Globalization;
using System.Net.Http.Headers;

namespace PhoneAgent.Server.Webhooks;

/// <summary>What came of one attempt to post.</summary>
/// <param name="Problem">Null when it arrived.</param>
/// <param name="Status">What the receiver answered; null when he did not.</param>
internal readonly record struct PostResult(string? Problem, int? Status);

/// <summary>Posts JSON to another system, signed. Disposing closes connections. Thread-safe.</summary>
internal sealed class SignedPost(TimeProvider time) : IDisposable
{
    /// <summary>The same each time that something is sent, so that a receiver can tell that he has it already.</summary>
    public const string DeliveryHeader = "X-PhoneAgent-Delivery";

    // No redirects: the words of callers go where the configuration says and nowhere else.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>One attempt. It is signed anew each time: a receiver refuses what is old.</summary>
    public async Task<PostResult> SendAsync(Uri url, byte[] body, string secret, string delivery, CancellationToken cancellationToken)
    {
        (string timestamp, string signature) = WebhookSignature.Of(body, secret, time.GetUtcNow());
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        request.Headers.Add(WebhookSignature.SignatureHeader, signature);
        request.Headers.Add(DeliveryHeader, delivery);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("PhoneAgent", null));
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            return new PostResult(response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"status {status}"), status);
        }
        catch (HttpRequestException e)
        {
            return new PostResult(e.Message, null);
        }
    }

    public void Dispose() => _client.Dispose();
}
