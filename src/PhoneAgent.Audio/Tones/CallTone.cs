namespace PhoneAgent.Audio.Tones;

/// <summary>What a line or a machine tells by tones.</summary>
public enum CallTone
{
    None,
    /// <summary>The other phone rings. Not an answer.</summary>
    Ringback,
    Busy,
    /// <summary>Fast busy: the network has no way through.</summary>
    Congestion,
    /// <summary>Special information tone before "the number is not in service" and the like.</summary>
    NotInService,
    /// <summary>Special information tone of the North American codes for no circuit and reorder: another attempt may go through.</summary>
    NoCircuit,
    /// <summary>A fax machine or modem: CED or ANS (2100 Hz), or CNG twice (1100 Hz).</summary>
    Fax,
    /// <summary>A machine records from here on.</summary>
    Beep,
}
