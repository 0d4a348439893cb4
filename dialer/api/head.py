"""The head that every page shares, filled once at start.

A page's file begins with one line that names what is its own, style sheets and modules in their order:

    <!--head sheets.css why.js-->

Everything else above the body is the same for all of them, so that it is changed in one place.
"""

import re

OWN = re.compile(r"\A<!--head ([a-z0-9. -]+)-->\n")

FRAME = """\
<!doctype html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Dialer</title>
<link rel="icon" href="data:,">
<script src="/assets/theme.js"></script>
{own}
</head>
{body}
</html>
"""
TAGS = {
    "css": '<link rel="stylesheet" href="/assets/{name}">',
    "js": '<script type="module" src="/assets/{name}"></script>',
}


def framed(name: str, text: str) -> str:
    """The whole page. Raises ValueError where the file `name` does not begin with what is its own."""
    found = OWN.match(text)
    if found is None:
        raise ValueError(f"{name} begins with `<!--head base.css … page.js-->`, what it needs in that order")
    own = "\n".join(TAGS[one.rpartition(".")[2]].format(name=one) for one in ["base.css", *found[1].split()])
    return FRAME.format(own=own, body=text[found.end() :].rstrip())
