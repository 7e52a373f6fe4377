namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>Method names. Methods are case-sensitive (RFC 3261 §7.1) and open-ended, hence strings.</summary>
public static class SipMethods
{
    public const string Invite = "INVITE";
    public const string Ack = "ACK";
    public const string Cancel = "CANCEL";
    public const string Bye = "BYE";
    public const string Options = "OPTIONS";
    public const string Register = "REGISTER";
    public const string Prack = "PRACK";
    public const string Update = "UPDATE";
    public const string Info = "INFO";
    public const string Refer = "REFER";
    public const string Notify = "NOTIFY";
    public const string Subscribe = "SUBSCRIBE";
    public const string Message = "MESSAGE";
    public const string Publish = "PUBLISH";

    private static readonly string[] s_known =
        [Invite, Ack, Cancel, Bye, Options, Register, Prack, Update, Info, Refer, Notify, Subscribe, Message, Publish];

    /// <summary>The shared instance of a known method, so that the usual request allocates no string for it.</summary>
    internal static string Intern(ReadOnlySpan<char> method)
    {
        foreach (string known in s_known)
            if (method.SequenceEqual(known))
                return known;
        return method.ToString();
    }
}
