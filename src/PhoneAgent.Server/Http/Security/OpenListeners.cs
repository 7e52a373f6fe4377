using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Http.Security;

/// <summary>Nobody listens to the network without a password.</summary>
internal static class OpenListeners
{
    /// <exception cref="HttpServerException">An address is not of this machine only, and there is no user.</exception>
    public static void Refuse(LoadedConfig config)
    {
        HttpServerOptions http = config.Options.Http;
        if (http.Listen.FirstOrDefault(l => !l.IsLoopback) is not { } listen || AccountStore.For(config).Current.Users.Count > 0)
            return;
        throw new HttpServerException(
            $"http.listen: {listen} can be reached from other machines, but nobody has a password yet. Run 'phoneagent users add NAME --role administrator' first, or listen on 127.0.0.1.");
    }
}
