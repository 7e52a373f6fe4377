using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Numbers;

namespace PhoneAgent.Campaigns.CallerIds;

/// <summary>Says what the contact's phone shows. Thread-safe.</summary>
public sealed class CallerIdChooser(CallerIdOptions options)
{
    private int _turn = -1;

    public CallerIdentity Choose(PhoneNumber contact)
    {
        PhoneNumber? shown = options.Numbers.Count == 0 ? null : options.Choose == CallerIdChoice.Rotate ? Next(options.Numbers) : Nearest(contact);
        return new CallerIdentity
        {
            Number = shown,
            DisplayName = options.DisplayName,
            AssertedNumber = options.Assert ? options.AssertedNumber ?? shown : null,
            IsWithheld = options.Privacy == CallerPrivacy.Withheld,
        };
    }

    /// <summary>The number with the longest beginning in common; several equally near ones take turns, so that none wears out.</summary>
    private PhoneNumber Nearest(PhoneNumber contact)
    {
        int best = options.Numbers.Max(number => Likeness(number, contact));
        return Next([.. options.Numbers.Where(number => Likeness(number, contact) == best)]);
    }

    /// <summary>Digits in common; none that only look alike: +1 and +1246 share a digit, +44 and +49 a digit, but no country.</summary>
    private static int Likeness(PhoneNumber number, PhoneNumber contact)
    {
        int country = NumberingPlan.CodeLength(contact);
        int common = number.Value.AsSpan(1).CommonPrefixLength(contact.Value.AsSpan(1));
        return common < country ? 0 : common;
    }

    private PhoneNumber Next(IReadOnlyList<PhoneNumber> numbers) => numbers[(int)((uint)Interlocked.Increment(ref _turn) % (uint)numbers.Count)];
}
