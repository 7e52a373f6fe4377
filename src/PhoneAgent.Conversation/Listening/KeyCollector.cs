using System.Text;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Listening;

/// <summary>Gathers keys into an answer: complete by number, by terminator or by silence. Not thread-safe.</summary>
public sealed class KeyCollector
{
    private readonly StringBuilder _digits = new();
    private TimeSpan _last;

    /// <summary>Takes a key; true when it completes the answer (see <see cref="Take"/>).</summary>
    public bool Add(char digit, TimeSpan at, DtmfExpectation expectation)
    {
        _last = at;
        if (digit == expectation.Terminator && _digits.Length > 0)
            return true;
        _digits.Append(digit);
        return _digits.Length >= expectation.MaxDigits;
    }

    /// <summary>True when keys were pressed and no more came for the expected time.</summary>
    public bool IsComplete(TimeSpan now, DtmfExpectation expectation) =>
        _digits.Length > 0 && now - _last >= expectation.InterDigitTimeout;

    /// <summary>The keys; the collector is empty afterwards.</summary>
    public string Take()
    {
        string digits = _digits.ToString();
        _digits.Clear();
        return digits;
    }
}
