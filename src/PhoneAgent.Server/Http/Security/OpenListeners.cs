using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Http.Security;

/// <summary>Nobody listens to the network without a password.</summary>
internal static class OpenListeners
{
    /// <exception cref="HttpServerException">An address is not of this machine only, and there is no user.</exception>
    public static void Refuse(HttpServerOptions http, Accounts accounts)
    {
        if (http.Listen.FirstOrDefault(l => !l.IsLoopback) is not { } listen || accounts.Users.Count > 0)
            return;
        throw new HttpServerException(
            $"http.listen: {listen} can be reached from other machines, but nobody has a password yet. Run 'phoneagent users add NAME --role administrator' first, or listen on 127.0.0.1.");
    }
}
