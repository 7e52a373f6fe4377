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
