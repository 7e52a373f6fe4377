namespace PhoneAgent.Server.Http.Security;

/// <summary>What somebody may do; each may do what the former may.</summary>
public enum Role
{
    /// <summary>Watches calls and reads their records.</summary>
    Viewer,
    /// <summary>Acts in calls.</summary>
    Supervisor,
    /// <summary>Decides who may do what, and deletes.</summary>
    Administrator,
}

/// <summary>What an API key may do; independent of each other.</summary>
public enum ApiScope
{
    /// <summary>Reads calls and records.</summary>
    Read,
    /// <summary>Acts in calls, places them.</summary>
    Act,
    /// <summary>Talks to an agent over a socket.</summary>
    Talk,
    /// <summary>Everything that an administrator may.</summary>
    Admin,
}
