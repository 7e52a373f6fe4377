using System.Text;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Listening;

/// <summary>Gathers keys into an answer: complete by number, by terminator or by silence. Not thread-safe.</summary>
public sealed class KeyCollector
{
    private readonly StringBuilder _digits = new();
    private TimeSpan _last;
    private char? _leftOver;
    private TimeSpan _leftOverUntil;

    /// <summary>Takes a key; true when it completes the answer (see <see cref="Take"/>).</summary>
    public bool Add(char digit, TimeSpan at, DtmfExpectation expectation)
    {
        ArgumentNullException.ThrowIfNull(expectation);
        _last = at;
        _leftOver = null;
        if (digit == expectation.Terminator && _digits.Length > 0)
            return true;
        _digits.Append(digit);
        if (_digits.Length < expectation.MaxDigits)
            return false;
        (_leftOver, _leftOverUntil) = (expectation.Terminator, at + expectation.InterDigitTimeout);
        return true;
    }

    /// <summary>
    /// A terminator with nothing to terminate: of an answer that its last digit, or silence, has completed already. Many
    /// press it all the same.
    /// </summary>
    public bool IsLeftOver(char digit, TimeSpan at, DtmfExpectation expectation)
    {
        ArgumentNullException.ThrowIfNull(expectation);
        bool isLeftOver = digit == _leftOver && at < _leftOverUntil;
        _leftOver = null;
        return isLeftOver || (digit == expectation.Terminator && _digits.Length == 0);
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

    /// <summary>Another answer has come first.</summary>
    public void Clear() => _digits.Clear();
}
