using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Http;

/// <summary>The HTTP server cannot start. The message says what to change.</summary>
internal sealed class HttpServerException : Exception
{
    public HttpServerException() { }
    public HttpServerException(string message) : base(message) { }
    public HttpServerException(string message, Exception inner) : base(message, inner) { }

    /// <summary>What a failure to listen means in words; null when the failure is another.</summary>
    public static HttpServerException? From(Exception failure, HttpServerOptions http)
    {
        string where = string.Join(", ", http.Listen);
        return failure switch
        {
            IOException { InnerException: AddressInUseException } =>
                new($"http.listen: {where} is in use. Another phoneagent serve may run; otherwise change http.listen, or set http.enabled to false.", failure),
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
                new($"http.listen: {where}: this machine has no such address. Use one of 'ip addr', or 0.0.0.0 for all.", failure),
            SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                new($"http.listen: {where} is not allowed for this user. Use a port from 1024 up.", failure),
            SocketException socket => new($"http.listen: {where}: {socket.Message}", failure),
            _ => null,
        };
    }
}
