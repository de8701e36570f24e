"""Small ZIM files for kiwix-serve: an encyclopedia of islands that do not exist, so that nobody can know it already.

    write_zim(tmp_path / "orvane.zim")
    write_zim(tmp_path / "other.zim", name="other", articles=(Article("Home", "Home", "<p>…</p>"),), language="deu")

Every article has a heading, paragraphs and some furniture around them, and is in the full-text index unless
`indexed=False`.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from libzim.writer import Creator, Hint, Item, StringProvider

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Article:
    """One page of the ZIM file; `body` is HTML that follows the heading."""

    path: str
    title: str
    body: str

    @property
    def html(self) -> str:
        """Return the whole page as an encyclopedia would print it."""
        title = escape(self.title)
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>'
            f'<header><nav><a href="Orvane">Islands</a></nav></header><main><h1>{title}</h1>{self.body}</main>'
            f"<footer><p>Text of the Orvane Almanac.</p></footer></body></html>"
        )


def _of(title: str, *paragraphs: str) -> Article:
    return Article(f"A/{title.replace(' ', '_')}", title, "".join(f"<p>{each}</p>" for each in paragraphs))


ARTICLES = (
    _of(
        "Orvane",
        "Orvane is an archipelago of eleven inhabited islands in the Selmic Ocean. The capital is Tessport.",
        "The islands were first charted in 1641 by the navigator Idra Kolmen. In 2019 they had 48,200 inhabitants.",
    ),
    _of(
        "Tessport",
        "Tessport is the capital and the largest harbour of Orvane. Its lighthouse, the Bellmast, is 63 metres tall.",
        "The town hall was built between 1788 and 1794 from grey fenstone.",
    ),
    _of(
        "Bellmast",
        "The Bellmast is a lighthouse in Tessport. It was lit for the first time on 4 March 1822.",
        "Its lamp burned whale oil until 1901, when it was converted to electricity.",
    ),
    _of(
        "Idra Kolmen",
        "Idra Kolmen (1602 to 1669) was a navigator and mapmaker. She charted Orvane during her second voyage.",
        "Her logbook is kept in the Almanac House in Tessport.",
    ),
    _of(
        "Velb glimmer",
        "The Velb glimmer is a small freshwater fish that lives only in the River Velb. Adults reach 9 centimetres.",
        "Its scales reflect moonlight. The species was described by the zoologist Marn Oswick in 1876.",
    ),
    _of(
        "River Velb",
        "The River Velb is 212 kilometres long and the longest river of Orvane. It rises on Mount Haskel.",
        "The river floods the Lower Marsh in most springs.",
    ),
    _of(
        "Mount Haskel",
        "Mount Haskel is an extinct volcano on the island of Great Orvane. Its summit lies 1,874 metres above the sea.",
        "The first recorded ascent was made by Toma Redwick in 1733.",
    ),
    _of(
        "Quarn",
        "The quarn is a flightless bird that nests on the cliffs of Little Orvane. It weighs about 3 kilograms.",
        "Quarns eat beetles and the berries of the sulm bush. They do not migrate.",
    ),
    _of(
        "Sulm",
        "Sulm is an evergreen bush with blue berries. Islanders boil the berries into a syrup called sulmet.",
        "The leaves are poisonous to sheep.",
    ),
    _of(
        "Sulmet",
        "Sulmet is a dark syrup made from sulm berries. It is eaten with flat bread on Lantern Day.",
        "One litre of sulmet takes about four kilograms of berries.",
    ),
    _of(
        "Lantern Day",
        "Lantern Day is the national holiday of Orvane on 4 March. It recalls the lighting of the Bellmast.",
        "Families float paper lanterns on the River Velb.",
    ),
    _of(
        "Tamber fiddle",
        "The tamber fiddle is a bowed instrument with five strings. It is tuned in fifths from low G.",
        "The oldest known tamber fiddle was made by Pell Arrowby in 1755.",
    ),
    _of(
        "Pell Arrowby",
        "Pell Arrowby (1721 to 1790) was an instrument maker in Tessport. He made at least forty tamber fiddles.",
        "Seven of them are known to survive.",
    ),
    _of(
        "Orvane shilling",
        "The Orvane shilling was the currency of Orvane until 1974. It was divided into 16 pennets.",
        "It was replaced by the selm at a rate of ten shillings to one selm.",
    ),
    _of(
        "Selm",
        "The selm is the currency of Orvane. One selm is divided into 100 bits.",
        "Coins are struck in Tessport and show the Bellmast on the back.",
    ),
    _of(
        "Great Orvane Railway",
        "The Great Orvane Railway ran from Tessport to Haskel Junction from 1868 to 1959. It was 71 kilometres long.",
        "Its gauge was 914 millimetres. A part of the line is a cycle path today.",
    ),
    _of(
        "Fenstone",
        "Fenstone is a grey limestone quarried in the Lower Marsh. It hardens when it is exposed to air.",
        "Most houses in Tessport that are older than 1850 are built from it.",
    ),
    _of(
        "Marn Oswick",
        "Marn Oswick (1839 to 1911) was a zoologist. He described 31 species, among them the Velb glimmer.",
        "He taught at the Almanac House for 22 years.",
    ),
    _of(
        "Almanac House",
        "The Almanac House is the national library and archive of Orvane. It holds about 310,000 volumes.",
        "It was founded in 1702 by a gift of the mapmaker Lisel Brandt.",
    ),
    _of(
        "Lower Marsh",
        "The Lower Marsh is a wetland of 340 square kilometres in the south of Great Orvane.",
        "It has been a nature reserve since 1966. Peat may not be cut there.",
    ),
    _of(
        "Storm of 1907",
        "The Storm of 1907 struck Orvane on the night of 11 November. It sank 26 fishing boats.",
        "The wind at the Bellmast was measured at 187 kilometres an hour.",
    ),
    _of(
        "Kestrin cheese",
        "Kestrin is a hard cheese made from sheep's milk on the island of Kest. It ripens for at least eight months.",
        "The rind is rubbed with sulmet, which makes it dark.",
    ),
    _of(
        "Kest",
        "Kest is the third largest island of Orvane. It has 2,940 inhabitants and no rivers.",
        "A ferry from Tessport takes 95 minutes.",
    ),
    _of(
        "Toma Redwick",
        "Toma Redwick was a shepherd from Haskel Junction. He climbed Mount Haskel in 1733 in search of lost sheep.",
        "His account of the ascent was printed in 1741.",
    ),
    _of(
        "Orvane Parliament",
        "The Orvane Parliament has 45 members, who are elected for five years. Women have voted since 1913.",
        "It sits in the town hall of Tessport.",
    ),
    _of(
        "Rill chess",
        "Rill chess is a board game for three players. The board has 91 six-sided fields.",
        "The rules were written down by Lisel Brandt in 1698.",
    ),
    _of(
        "Glass shrimp of Kest",
        "The glass shrimp of Kest lives in two flooded caves. It has no eyes and lives for up to 14 years.",
        "Fewer than 3,000 animals are thought to exist.",
    ),
    _of(
        "Haskel observatory",
        "The Haskel observatory stands at 1,610 metres on the northern slope of Mount Haskel.",
        "Its mirror measures 2.2 metres. Observations began in 1984.",
    ),
    Article(
        "A/Who_charts_the_sea?",
        "Who charts the sea?",
        "<p>Who charts the sea? is a play by Anse Morrow in four acts. It was first staged in Tessport in 1926.</p>",
    ),
    Article(
        "A/100%_Sulm#2",
        "100% Sulm & <Berries>",
        "<p>100% Sulm is an album by the tamber fiddler Ülla Brée. It was recorded on Kest in 1999.</p>",
    ),
)


class _Page(Item):
    def __init__(self, article: Article) -> None:
        super().__init__()
        self._article = article

    def get_path(self) -> str:
        return self._article.path

    def get_title(self) -> str:
        return self._article.title

    def get_mimetype(self) -> str:
        return "text/html"

    def get_contentprovider(self) -> StringProvider:
        return StringProvider(self._article.html)

    def get_hints(self) -> dict[Hint, bool]:
        return {Hint.FRONT_ARTICLE: True}


def write_zim(
    path: Path,
    *,
    name: str = "orvane",
    title: str = "Orvane Almanac",
    articles: Iterable[Article] = ARTICLES,
    language: str = "eng",
    indexed: bool = True,
) -> Path:
    """Write a ZIM file and return its path; `language` is an ISO 639-3 code."""
    pages = tuple(articles)
    metadata = {
        "Title": title,
        "Name": name,
        "Language": language,
        "Creator": "the tests",
        "Publisher": "the tests",
        "Description": "Articles about what does not exist",
        "Date": "2026-01-01",
    }
    creator = Creator(path).config_indexing(indexed, language)
    with creator:
        creator.set_mainpath(pages[0].path)
        for key, value in metadata.items():
            creator.add_metadata(key, value)
        for page in pages:
            creator.add_item(_Page(page))
    return path
