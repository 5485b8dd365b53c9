"""BP110 navigation."""

import numpy as np

from detector.batch import Batch
from detector.phrases import count_by_line, phrase_words
from detector.registry import Marks, signal

__all__ = ["navigation"]

# The share of a line's words that must belong to the phrases, and the longest line: both from the training pages, where
# they keep at least 98 % of what is marked furniture.
_SHARE = 0.9
_LONGEST = 60

_PHRASES = (
    "home",
    "home page",
    "homepage",
    "about",
    "about us",
    "contact",
    "contact us",
    "advertise",
    "advertise with us",
    "privacy",
    "privacy policy",
    "terms",
    "terms of use",
    "terms of service",
    "terms and conditions",
    "terms conditions",
    "site map",
    "sitemap",
    "site index",
    "search",
    "search this site",
    "search this blog",
    "menu",
    "main menu",
    "log in",
    "login",
    "log out",
    "logout",
    "sign in",
    "sign up",
    "sign out",
    "register",
    "subscribe",
    "my account",
    "skip to content",
    "skip to main content",
    "skip to navigation",
    "skip navigation",
    "back to top",
    "return to top",
    "top",
    "rss",
    "rss feed",
    "rss feeds",
    "feeds",
    "archives",
    "archive",
    "archives by month",
    "blogroll",
    "categories",
    "category",
    "tags",
    "tag cloud",
    "faq",
    "faqs",
    "help",
    "feedback",
    "careers",
    "jobs",
    "newsletters",
    "newsletter",
    "podcasts",
    "videos",
    "video",
    "photos",
    "galleries",
    "blogs",
    "blog",
    "news",
    "world",
    "business",
    "sports",
    "sport",
    "entertainment",
    "technology",
    "tech",
    "science",
    "health",
    "politics",
    "opinion",
    "travel",
    "style",
    "arts",
    "lifestyle",
    "culture",
    "music",
    "movies",
    "tv",
    "weather",
    "horoscopes",
    "obituaries",
    "classifieds",
    "real estate",
    "shop",
    "store",
    "shopping",
    "events",
    "calendar",
    "forum",
    "forums",
    "community",
    "reviews",
    "features",
    "topics",
    "sections",
    "more",
    "close",
    "next",
    "previous",
    "prev",
    "next page",
    "previous page",
    "next post",
    "previous post",
    "older post",
    "newer post",
    "older posts",
    "newer posts",
    "older entries",
    "newer entries",
    "next article",
    "previous article",
    "view all",
    "see all",
    "show all",
    "show more",
    "load more",
    "loading",
    "view more",
    "see more",
    "read more",
    "more news",
    "continue reading",
    "full story",
    "edit",
    "cancel",
    "ok",
    "submit",
    "go",
    "open menu",
    "close menu",
    "toggle navigation",
    "toggle caption",
    "hide caption",
    "enlarge this image",
    "enlarge",
    "site feedback",
    "accessibility",
    "disclaimer",
    "legal",
    "media kit",
    "press",
    "links",
    "resources",
    "directory",
    "español",
    "english",
    "all",
    "index",
    "press releases",
    "mobile",
    "apps",
    "magazine",
    "you are here",
)


@signal(
    "BP110",
    axis="boilerplate",
    unit="line",
    message="a menu, or a way around the site",
    flagged=[
        "Home | About us | Contact | Privacy policy",
        "Skip to main content",
        "Older Posts",
        "Home News Sport Weather Travel",
    ],
    clean=[
        "Home is where they went next.",
        "They sailed home.",
        "The committee will search the archive.",
    ],
)
def navigation(batch: Batch) -> Marks:
    r"""
    Lines that are a menu: names of sections, and ways around the site.

    "Home | About us | Contact | Privacy policy" belongs to the site and not to the article.

    Nine words in ten must belong to a list of what menus say. A heading of one such word ("Health", "Music")
    divides articles too: a line of one word counts only beside another line of a menu.

        >>> from detector.registry import evidence
        >>> evidence(navigation, "Home | About us | Contact\nThey sailed home.")
        ['Home | About us | Contact']
    """
    inside = count_by_line(batch, phrase_words(batch, _PHRASES))
    lines = batch.lines
    marked = (inside > 0) & (inside >= _SHARE * lines.words) & (lines.words <= _LONGEST)
    full = np.flatnonzero(lines.words > 0)
    beside = np.zeros(len(lines), bool)
    beside[full[1:]] = marked[full[:-1]] & (lines.document[full[1:]] == lines.document[full[:-1]])
    beside[full[:-1]] |= marked[full[1:]] & (lines.document[full[1:]] == lines.document[full[:-1]])
    marked &= beside | (lines.words > 1)
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "navigation"})
