"""Answers a survey behind a link page by page, as a browser without script does."""

import re
from collections.abc import Mapping
from html import unescape

import httpx

_TAG = re.compile(r'<(input|textarea)[^>]*? name="([^"]+)"[^>]*>')
_VALUE = re.compile(r' value="([^"]*)"')


async def answer_pages(
    client: httpx.AsyncClient, path: str, answers: Mapping[str, str]
) -> tuple[httpx.Response, list[set[str]]]:
    """Return the last page, and the fields that each page offered. answers: by field."""
    page, offered = await client.get(path), []
    assert page.status_code == 200, page.text
    while "<fieldset" in page.text:
        tags = [(match[0], match[2]) for match in _TAG.finditer(page.text)]
        hidden = {name: _value_of(tag) for tag, name in tags if ' type="hidden"' in tag}
        own = {name for _, name in tags} - hidden.keys()
        offered.append(own)
        given = {name: value for name, value in answers.items() if name in own}
        page = await client.post(path, data={**hidden, **given}, follow_redirects=True)
        assert page.status_code == 200, page.text
    return page, offered


def _value_of(tag: str) -> str:
    found = _VALUE.search(tag)
    return unescape(found[1]) if found else ""
