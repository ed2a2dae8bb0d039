"""Where a line can end without separating words that belong together, such as an article and its noun."""

from __future__ import annotations

from functools import cache
from typing import Final

from finish.units import tongue

# The cost of a line end, in em of imbalance between two lines (Netflix' line treatment: after punctuation,
# before conjunctions and prepositions; never article|noun, first|last name, verb from auxiliary, negation,
# pronoun or preposition). House values: NEVER is more than any two lines can differ by, so such an end is
# chosen only where nothing else fits.
SENTENCE, CLAUSE, GOOD, NEVER, BAD, SHORT, INSIDE = -3.0, -1.5, -0.75, 12.0, 4.0, 2.5, 4.0
_STOPS, _COMMAS = tuple(".!?…:;。！？؟۔।"), tuple(",،、，–—-")
_TURNS: Final = "-‐–—•♪♫> "  # a speaker's mark is no part of the word after it
_CLOSING: Final = " \"'”’»)]」』）"
_OPENING: Final = "\"'“‘«([¿¡„「『（"

# Closed classes of words, by language: words bound to the word after them (articles, determiners), words that
# start a group and so can't end a line (prepositions, conjunctions), and words that lean on a verb (pronouns,
# auxiliaries, negations).
_BOUND: Final = {
    "en": "a an the this that these those my your his her its our their no every each some any mr mrs ms "
    "dr st prof",
    "de": "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem mein meine "
    "meinen meinem dein deine sein seine ihr ihre unser unsere dieser diese dieses diesen diesem "
    "jeder jede jedes herr frau dr prof",
    "fr": "le la les l un une des du au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos "
    "votre vos leur leurs quel quelle chaque m mme mlle dr",
    "es": "el la los las un una unos unas al del este esta estos estas ese esa esos esas mi mis tu tus su "
    "sus nuestro nuestra cada sr sra dr dra don doña",
    "it": "il lo la i gli le l un uno una del dello della dei degli delle al allo alla ai agli alle dal "
    "dalla nel nella nei sul sulla questo questa questi queste quel quella quei quelle mio mia tuo "
    "tua suo sua nostro nostra ogni sig dott",
    "pt": "o a os as um uma uns umas do da dos das ao aos à às no na nos nas pelo pela este esta esse "
    "essa meu minha seu sua nosso nossa cada sr sra dr",
    "nl": "de het een deze die dit dat mijn jouw zijn haar ons onze hun elke elk geen dhr mevr dr",
    # In Slavic typography, a word of one letter never ends a line.
    "cs": "a i k o s u v z pan paní dr ing ten ta to ti ty ta tento tato toto můj má mé tvůj jeho její náš "
    "váš jejich každý žádný",
    "da": "en et den det de denne dette disse min mit mine din dit dine sin sit sine hans hendes vores jeres "
    "deres hver hvert ingen hr fru dr",
    "nb": "en et ei den det de denne dette disse min mitt mi mine din ditt di dine sin sitt sine hans hennes "
    "vår vårt våre deres hver hvert ingen hr fru dr",
    "pl": "a i o u w z pan pani dr ten ta to te ci mój moja moje twój twoja jego jej nasz nasza wasz ich "
    "każdy każda żaden",
    "ru": "а в и к о с у я этот эта это эти тот та те мой моя моё мои твой твоя наш наша ваш ваша его её их "
    "каждый каждая",
    "sv": "en ett den det de denna detta dessa min mitt mina din ditt dina sin sitt sina hans hennes vår "
    "vårt våra deras varje ingen inget inga herr fru dr",
    "uk": "а в з і й о у я цей ця це ці той та ті мій моя моє мої твій твоя наш наша ваш ваша його її їх "
    "кожний кожна",
}
_BEGIN: Final = {
    "en": "of to in on at by for with from as into onto about over under after before between through "
    "during without against within toward towards until upon and or but nor so yet if when while "
    "because although though unless since than where who which",
    "de": "von zu zum zur in im ins an am ans auf aus bei beim mit nach seit für gegen ohne um über unter "
    "vor hinter neben zwischen durch bis wegen trotz während und oder aber denn sondern dass weil "
    "wenn als ob obwohl damit nachdem bevor wo der",
    "fr": "de d à en dans sur sous par pour avec sans chez vers entre contre depuis pendant avant après "
    "et ou mais donc or ni car que qu qui quand si comme parce lorsque puisque où dont",
    "es": "de a en con sin por para sobre entre hacia hasta desde contra según durante ante bajo tras y e "
    "o u pero sino ni que porque cuando si como aunque mientras donde quien",
    "it": "di a da in con su per tra fra senza verso contro durante dopo prima sotto sopra e ed o ma né "
    "che perché quando se come mentre dove chi anche",
    "pt": "de a em com sem por para sobre entre até desde contra segundo durante ante sob e ou mas nem "
    "que porque quando se como embora enquanto onde quem",
    "nl": "van te in op aan bij voor met uit naar over onder tussen door zonder tegen tot na sinds en of "
    "maar want dus dat omdat als wanneer terwijl hoewel waar",
    "cs": "do na od ode po pod pode nad nade pro při před přede bez beze mezi za ze ve ke ku se kolem podle "
    "ale nebo ani že protože když kdyby jestli jako aby až kde kdo který která které",
    "da": "af til i på ved for med fra som om over under efter før mellem gennem uden mod og eller men hvis "
    "når mens fordi selvom at hvor hvem",
    "nb": "av til i på ved for med fra som om over under etter før mellom gjennom uten mot og eller men hvis "
    "når mens fordi selv at hvor hvem",
    "pl": "do na od po pod nad przy przez dla bez za ze we przed między ku oraz ale lub albo ani że bo "
    "ponieważ gdy kiedy jeśli jak aby żeby gdzie kto który która które",
    "ru": "во на по за до от из к ко со без для при про под над об обо перед между через или но что чтобы "
    "если когда как где кто который которая которые потому",
    "sv": "av till i på vid för med från som om över under efter före mellan genom utan mot och eller men "
    "när medan eftersom fast att där vem",
    "uk": "на по за до від із зі без для при про під над перед між через або але що щоб якщо коли як де хто "
    "який яка які тому",
}
_LEAN: Final = {
    "en": "i you he she it we they i'm you're he's she's it's we're they're i've you've we've they've "
    "i'll you'll he'll she'll it'll we'll they'll is am are was were be been do does did has have "
    "had will would can could shall should may might must not don't doesn't didn't isn't aren't "
    "wasn't weren't won't wouldn't can't couldn't shouldn't very too",
    "de": "ich du er es sie wir ihr man ist bin bist sind seid war waren habe hast hat haben hatte hatten "
    "wird werden wurde wurden kann können konnte muss müssen will wollen soll sollen darf nicht "
    "sich mich dich uns euch sehr",
    "fr": "je j tu il elle on nous vous ils elles ne n se s me m te t est suis es sommes êtes sont était "
    "étaient ai as a avons avez ont va vais vont peut peux très",
    "es": "yo tú él ella nosotros ellos ellas me te se nos os lo les le es soy eres somos son era fue "
    "está estoy están he has ha hemos han no muy",
    "it": "io tu lui lei noi voi loro mi ti si ci vi ne è sono sei siamo siete era ho hai ha abbiamo "
    "avete hanno non molto",
    "pt": "eu tu ele ela nós eles elas você vocês me te se é sou são era foi está estou estão tem tenho "
    "têm não muito",
    "nl": "ik jij je hij zij ze wij we jullie u is ben bent zijn was waren heb hebt heeft hebben had zal "
    "zullen kan kunnen moet moeten niet zich zeer",
    "cs": "já ty on ona ono my vy oni jsem jsi je jsme jste jsou byl byla bylo byli budu bude mě mi se si ne "
    "velmi",
    "da": "jeg du han hun vi de er var har havde vil ville kan kunne skal skulle må ikke mig dig sig meget",
    "nb": "jeg du han hun vi dere de er var har hadde vil ville kan kunne skal skulle må ikke meg deg seg "
    "veldig",
    "pl": "ja ty on ona ono my wy oni one jestem jesteś jest jesteśmy są był była było byli będę będzie nie "
    "się mnie mi ci bardzo",
    "ru": "ты он она оно мы вы они не ни был была было были буду будет меня мне очень",
    "sv": "jag du han hon vi ni de är var har hade vill ville kan kunde ska skulle måste inte mig dig sig "
    "mycket",
    "uk": "ти він вона воно ми ви вони не ні був була було були буду буде мене мені дуже",
}
_NOUNS_IN_CAPITALS: Final = frozenset({"de", "lb"})


@cache
def _classes(language: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    return (
        frozenset(_BOUND.get(language, "").split()),
        frozenset(_BEGIN.get(language, "").split()),
        frozenset(_LEAN.get(language, "").split()),
    )


def cost(before: str, after: str, language: str = "", *, first: bool = False) -> float:
    """The cost of a line end between two words, in em; less than 0 for a good one.

    `first` states that `before` starts a sentence, so that its capital isn't a sign of a name. In an unknown
    language, short words lean on the next word.
    """
    spoken = tongue(language)
    before, after = before.lstrip(_TURNS), after.lstrip(_TURNS)
    bound, begin, lean = _classes(spoken or "en")
    word, following = _bare(before), _bare(after)
    if word.rstrip(".") in bound or _initial(before):
        return NEVER
    if before.rstrip(_CLOSING).endswith(_STOPS):
        return SENTENCE
    if before.rstrip(_CLOSING).endswith(_COMMAS):
        return CLAUSE
    if _number(before) or (
        _named(before) and _named(after) and not first and spoken not in _NOUNS_IN_CAPITALS
    ):
        return NEVER
    if word in begin or word in lean:
        return BAD
    if spoken not in _BOUND and len(word) <= 3:
        return SHORT
    return GOOD if following in begin else 0.0


def _bare(word: str) -> str:
    """The word in lower case, without punctuation."""
    return word.strip(_CLOSING + _OPENING + ",;:!?…").replace("’", "'").lower()


def _initial(word: str) -> bool:
    """Whether a word is an initial, as in "J. Smith"."""
    bare = word.strip(_OPENING)
    return len(bare) == 2 and bare[0].isupper() and bare[1] == "."


def _number(word: str) -> bool:
    """Whether a word is a number, which stays with its unit or its month."""
    return word.strip(_OPENING).replace(".", "").replace(",", "").isdecimal()


def _named(word: str) -> bool:
    """Whether a word is a capital and lower-case letters, as names are."""
    bare = word.strip(_OPENING + _CLOSING + ",.;:!?…")
    return len(bare) > 1 and bare[0].isupper() and bare[1:].islower()
