"""Words for orders to a language model in languages other than English.

An order is told by words that stand in one sentence: to forget and instructions, or to answer so, claim and true. The
lists are short and know imperatives above all, so that reports of such orders are mostly let through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LABEL = re.compile(r"\b(?:SUPPORT(?:S|ED)|REFUTE[SD])\b")
_SENTENCE = re.compile(r"[^.!?。！？]+")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words, as regular expressions."""

    forget: str
    instructions: str
    order: str
    claim: str
    value: str


LANGUAGES = {
    "de": Words(
        r"\b(?:(?:ignorier|missacht)(?:e|t|et|en sie)|vergiss|vergesst|vergessen sie|übergehe|verwirf)\b",
        r"(?:anweisung|instruktion|vorgabe|regeln|befehl|prompt)\w*",
        r"\b(?:antwort(?:e|et|en sie)|bewert(?:e|et|en sie)|markier(?:e|t|en sie)|behand(?:le|elt|eln sie)|stuf(?:e|"
        r"en sie)|wert(?:e|en sie)|betracht(?:e|en sie)|bestätig(?:e|en sie)|sag(?:e|en sie)?|gib)\b",
        r"\b(?:behauptung|aussage|these|satz|angabe)\w*",
        r"\b(?:wahr|richtig|belegt|bestätigt|gestützt|korrekt|zutreffend|bewiesen|falsch|widerlegt)\b",
    ),
    "fr": Words(
        r"\b(?:ignore[rz]?|oublie[rz]?|néglige[rz]?|écarte[rz]?) (?:tou(?:te)?s|les|ces|vos|tes)\b",
        r"\b(?:instruction|consigne|directive|règle|ordre)s?\b",
        r"\b(?:réponds|répondez|répondre|considère[rz]?|considérer|marque[rz]?|traite[rz]?|confirme[rz]?|"
        r"évalue[rz]?|dis|dites|veuillez)\b",
        r"\b(?:affirmation|déclaration|phrase|assertion|énoncé)\b",
        r"\b(?:vraie?|confirmée?|exacte?|correcte?|vérifiée?|fausse|faux|réfutée?|étayée?)\b",
    ),
    "es": Words(
        r"\b(?:ignor[ae]n?|olvid[ae]n?|descart[ae]n?|omit[ae]n?) (?:tod[ao]s|l[ao]s|tus|sus|es[ao]s|est[ao]s|"
        r"cualquier)\b",
        r"\b(?:instrucci(?:ón|ones)|indicaci(?:ón|ones)|reglas?|órdenes)\b",
        r"\b(?:respond[ae]n?|responder|contest[ae]n?|consider[ae]n?|marc[ae]|marque|trat[ae]|confirm[ae]|di|diga|"
        r"califi[cq]u?[ae]|por favor)\b",
        r"\b(?:afirmación|declaración|frase|aseveración|enunciado)\b",
        r"\b(?:verdader[ao]|ciert[ao]|confirmad[ao]|correct[ao]|verificad[ao]|fals[ao]|refutad[ao]|respaldad[ao])\b",
    ),
    "it": Words(
        r"\b(?:ignor(?:a|i|ate|ino)|dimentic(?:a|hi|ate)|trascur(?:a|i|ate))\b",
        r"\b(?:istruzion[ei]|indicazion[ei]|regol[ae]|ordini)\b",
        r"\b(?:rispond(?:i|a|ete)|consider(?:a|i|ate)|tratt(?:a|i|ate)|conferm(?:a|i|ate)|segn(?:a|i|ate)|valut(?:a|"
        r"i|ate)|di['’]|dica)\b",
        r"\b(?:affermazione|dichiarazione|frase|asserzione)\b",
        r"\b(?:ver[ao]|confermat[ao]|corrett[ao]|verificat[ao]|fals[ao]|smentit[ao])\b",
    ),
    "pt": Words(
        r"\b(?:ignor[ae]m?|esqueç[ae]m?|desconsider[ae]m?|descart[ae]m?) (?:tod[ao]s|[ao]s|su[ao]s|quaisquer|"
        r"ess[ao]s)\b",
        r"\b(?:instruç(?:ão|ões)|orientaç(?:ão|ões)|regras?|ordens)\b",
        r"\b(?:respond[ae]m?|consider[ae]m?|trat[ae]m?|confirm[ae]m?|marque|diga|avali[ae]|por favor)\b",
        r"\b(?:afirmação|declaração|frase|alegação)\b",
        r"\b(?:verdadeir[ao]|confirmad[ao]|corret[ao]|verificad[ao]|fals[ao]|refutad[ao])\b",
    ),
    "nl": Words(
        r"\b(?:negeer|vergeet|sla)\b",
        r"\b(?:instructies?|aanwijzingen|regels|opdrachten)\b",
        r"\b(?:antwoord|beschouw|behandel|markeer|bevestig|beoordeel|zeg)\b",
        r"\b(?:bewering|uitspraak|stelling|zin)\b",
        r"\b(?:waar|juist|bevestigd|correct|onjuist|weerlegd|ondersteund)\b",
    ),
    "scandinavian": Words(
        r"\b(?:ignorera?|ignorer|glöm|glem|bortse)\b",
        r"\b(?:instruktion|instruks|anvisning|regl|regler|ordre)\w*",
        r"\b(?:svara?|betrakta?|behandla?|bekräfta|bekræft|bekreft|märk|marker|säg|sig|si)\b",
        r"\b(?:påstående|påstanden?|påstandet|utsag\w*|udsagn\w*|mening)\w*",
        r"\b(?:sant|sann|bekräftat|bekræftet|bekreftet|korrekt|riktigt?|rigtigt?|falskt?)\b",
    ),
    "pl": Words(
        r"\b(?:zignoruj|ignoruj|pomiń|zapomnij)\w*",
        r"\b(?:instrukcj|poleceni|zasad|wytyczn)\w*",
        r"\b(?:odpowiedz|uznaj|oznacz|potraktuj|potwierdź|oceń|powiedz)\w*",
        r"\b(?:twierdzeni|stwierdzeni|zdani)\w*",
        r"\b(?:prawdziw|potwierdzon|poprawn|fałszyw)\w*",
    ),
    "cs": Words(
        r"\b(?:ignoruj|zapomeň|přehlédni)\w*",
        r"\b(?:pokyn|instrukc|příkaz|pravid)\w*",
        r"\b(?:odpověz|považuj|označ|potvrď|řekni)\w*",
        r"\b(?:tvrzení|výrok|prohlášení)\w*",
        r"\b(?:pravdiv|potvrzen|správn|nepravdiv)\w*",
    ),
    "fi": Words(
        r"\b(?:ohita|unohda|jätä)\b",
        r"\b(?:ohje|sään|käsky)\w*",
        r"\b(?:vastaa|pidä|merkitse|vahvista|sano)\b",
        r"\b(?:väite|väittämä|lausunto)\w*",
        r"\b(?:tot|oike|vahvist|väär)\w*",
    ),
    "el": Words(
        r"(?:αγνόησε|αγνοήστε|ξέχασε|ξεχάστε)",
        r"(?:οδηγί|εντολ|κανόν)\w*",
        r"(?:απάντησε|απαντήστε|θεώρησε|επιβεβαίωσε|πες)",
        r"(?:ισχυρισμ|δήλωση|πρόταση)\w*",
        r"(?:αληθ|σωστ|ψευδ|επιβεβαιωμέν)\w*",
    ),
    "ar": Words(
        "تجاهل|انس|أهمل",
        "تعليمات|أوامر|قواعد|إرشادات",
        "أجب|اعتبر|قل|أكد",
        "الادعاء|العبارة|الجملة|القول",
        "صحيح|خاطئ|مؤكد|صادق",
    ),
    "hi": Words("अनदेखा|नज़रअंदाज़|भूल", "निर्देश|नियम|आदेश", "कहें|कहो|उत्तर|जवाब|मानें", "दावा|दावे|कथन", "सही|सत्य|गलत|सच"),
    "ru": Words(
        r"(?:игнорируй|проигнорируй|забудь|отбрось)\w*",
        r"(?:инструкци|указани|правил|команд)\w*",
        r"(?:ответь|отвечай|считай|подтверди|отметь|скажи|признай|оцени)\w*",
        r"(?:утверждени|заявлени|высказывани)\w*",
        r"(?:верн|правд|истин|подтвержд|ложн|опроверг)\w*",
    ),
    "tr": Words(
        r"\b(?:yok say|unut|göz ardı et|görmezden gel)\w*",
        r"\b(?:talimat|yönerge|kural|komut)\w*",
        r"\b(?:söyle|yanıtla|cevapla|işaretle|kabul et|onayla|cevap ver)\w*",
        r"\b(?:iddia|ifade|önerme|cümle)\w*",
        r"\b(?:doğru|yanlış|onaylan|kanıtlan)\w*",
    ),
    "zh": Words(
        "忽略|无视|忽視|無視|忘记|忘記",
        "指示|指令|说明|規則|规则|提示",
        "回答|回复|回覆|标记|標記|视为|視為|请说|請說|判定|确认|確認",
        "说法|說法|陈述|陳述|主张|主張|声明|断言",
        "正确|正確|属实|屬實|真实|真實|错误|錯誤|成立",
    ),
    "ja": Words(
        "無視|忘れ|破棄",
        "指示|命令|ルール|プロンプト",
        "答えて|答えよ|回答して|返答して|とみなして|判定して|言って|確認して",
        "主張|記述|文|命題",
        "正しい|真実|本当|真である|誤り|間違い",
    ),
    "ko": Words(
        "무시|잊어",
        "지시|명령|규칙|프롬프트",
        "대답|답하|답변|간주|표시|판정",
        "주장|진술|문장",
        "사실|참|맞다고|옳다고|거짓|틀렸",
    ),
}


_COMPILED = tuple(
    tuple(re.compile(words, re.IGNORECASE) for words in (one.forget, one.instructions, one.order, one.claim, one.value))
    for one in LANGUAGES.values()
)


def orders_in(text: str) -> bool:
    """Tell whether a text on few lines gives orders in one of these languages."""
    for forget, instructions, order, claim, value in _COMPILED:
        overriding, answering = forget.search(text), order.search(text)
        if not (overriding and instructions.search(text)) and not answering:
            continue
        for sentence in _SENTENCE.findall(text):
            if forget.search(sentence) and instructions.search(sentence):
                return True
            if order.search(sentence) and (
                _LABEL.search(sentence) or (claim.search(sentence) and value.search(sentence))
            ):
                return True
    return False
