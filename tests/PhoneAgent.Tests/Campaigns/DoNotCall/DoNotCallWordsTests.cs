using PhoneAgent.Campaigns.DoNotCall;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.DoNotCall;

public class DoNotCallWordsTests
{
    private static readonly DoNotCallWords s_words = new(new OptOutOptions { Languages = ["de", "en", "es", "fr"] });

    [Theory]
    [InlineData("Stop calling me.")]
    [InlineData("stop calling me")]
    [InlineData("Would you please stop calling me?")]
    [InlineData("You need to stop calling this number!")]
    [InlineData("I told you to stop calling us")]
    [InlineData("why don't you just stop calling me")]
    [InlineData("quit calling me")]
    [InlineData("stop with all these phone calls")]
    [InlineData("Stop bothering me.")]
    [InlineData("no I don't want this stop calling me")]
    [InlineData("I don't want it, stop calling me.")]
    [InlineData("Take me off your list.")]
    [InlineData("take me off the list please")]
    [InlineData("could you take my number off your list")]
    [InlineData("Please remove me from your calling list")]
    [InlineData("remove my number")]
    [InlineData("Remove my phone number, would you?")]
    [InlineData("delete my number from your system")]
    [InlineData("Don't call again.")]
    [InlineData("don't call me again")]
    [InlineData("Do not call me anymore")]
    [InlineData("do not ever call this number again")]
    [InlineData("Please don't call me")]
    [InlineData("don't you ever call me again")]
    [InlineData("Never call me again")]
    [InlineData("I don't want you to call me anymore")]
    [InlineData("I don't want to be called")]
    [InlineData("we do not want any more calls")]
    [InlineData("No more calls please")]
    [InlineData("I no longer want to receive these calls")]
    [InlineData("lose my number")]
    [InlineData("put me on your do not call list")]
    [InlineData("Put me on the do-not-call list.")]
    [InlineData("I'm on the do not call registry")]
    [InlineData("leave me alone")]
    [InlineData("I want to opt out")]
    [InlineData("unsubscribe")]
    [InlineData("Rufen Sie mich nicht mehr an!")]
    [InlineData("rufen sie hier bitte nie wieder an")]
    [InlineData("Bitte rufen Sie mich nicht an")]
    [InlineData("Ich möchte nicht mehr angerufen werden.")]
    [InlineData("Hören Sie auf, mich anzurufen")]
    [InlineData("Hören Sie endlich auf mich anzurufen.")]
    [InlineData("Nehmen Sie mich von Ihrer Liste.")]
    [InlineData("streichen sie meine nummer von der liste")]
    [InlineData("Löschen Sie bitte meine Nummer")]
    [InlineData("keine weiteren Anrufe mehr")]
    [InlineData("Lassen Sie mich in Ruhe")]
    [InlineData("No me llame más")]
    [InlineData("No me llamen nunca más, por favor.")]
    [InlineData("¡Deje de llamarme!")]
    [InlineData("dejen de llamar")]
    [InlineData("Quíteme de su lista")]
    [InlineData("no vuelvan a llamarme")]
    [InlineData("borren mi número")]
    [InlineData("no quiero que me llamen más")]
    [InlineData("déjeme en paz")]
    [InlineData("Ne m'appelez plus")]
    [InlineData("Arrêtez de m'appeler !")]
    [InlineData("Retirez-moi de votre liste")]
    [InlineData("je ne veux plus être appelé")]
    public void It_hears_no(string said) => Assert.NotNull(s_words.Find(said));

    [Theory]
    [InlineData("Don't stop calling.")]
    [InlineData("please don't stop calling me")]
    [InlineData("I don't want you to stop calling me")]
    [InlineData("I didn't say stop calling me")]
    [InlineData("I never asked you to stop calling")]
    [InlineData("Call me again tomorrow.")]
    [InlineData("call again later")]
    [InlineData("could you call me again")]
    [InlineData("why don't you call me again tomorrow")]
    [InlineData("Don't call me before nine")]
    [InlineData("don't call me tomorrow")]
    [InlineData("do not call me again today")]
    [InlineData("please don't call me at night")]
    [InlineData("don't call me so early")]
    [InlineData("stop calling me sir")]
    [InlineData("don't call me madam")]
    [InlineData("please don't take me off your list")]
    [InlineData("don't remove my number")]
    [InlineData("Thanks for calling")]
    [InlineData("I have to stop now, someone is calling me")]
    [InlineData("I'll take that off the list of things to do")]
    [InlineData("my daughter stopped calling me")]
    [InlineData("he won't stop calling me")]
    [InlineData("what is on your list")]
    [InlineData("remove the second item from my order")]
    [InlineData("is this a good number to call")]
    [InlineData("no")]
    [InlineData("")]
    [InlineData("Rufen Sie mich morgen wieder an.")]
    [InlineData("Rufen Sie mich nicht vor neun an")]
    [InlineData("Warum rufen Sie mich nicht mehr an?")]
    [InlineData("Hören Sie nicht auf mich anzurufen")]
    [InlineData("Bitte löschen Sie nicht meine Nummer")]
    [InlineData("Llámeme mañana otra vez")]
    [InlineData("No deje de llamarme")]
    [InlineData("No me llame antes de las nueve")]
    [InlineData("Rappelez-moi demain")]
    [InlineData("N'arrêtez pas de m'appeler")]
    [InlineData("ne m'appelez plus avant midi")]
    public void It_does_not_hear_it_where_it_is_not_said(string said) => Assert.Null(s_words.Find(said));

    [Fact]
    public void It_tells_the_words_as_proof() =>
        Assert.Equal("stop calling me", s_words.Find("Well, hello. No, stop calling me. Goodbye."));

    [Fact]
    public void Own_phrases_are_words_and_no_patterns()
    {
        var words = new DoNotCallWords(new OptOutOptions { Phrases = ["Strike my entry (please)"] });
        Assert.NotNull(words.Find("so strike my entry please"));
        Assert.Null(words.Find("strike my name"));
    }

    [Fact]
    public void Only_the_chosen_languages_count() =>
        Assert.Null(new DoNotCallWords(new OptOutOptions { Languages = ["en"] }).Find("Rufen Sie mich nicht mehr an"));

    [Fact]
    public void A_flood_of_words_is_read_in_little_time() =>
        Assert.Null(s_words.Find(string.Join(' ', Enumerable.Repeat("don't you want to have to", 2_000))));
}
