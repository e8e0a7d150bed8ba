"""The application of `sipas instrument preview`: it has no database."""

from litestar import Litestar

from sipas.messages import LANGUAGES, text
from sipas.routes import kiosk_shell, preview, submissions
from sipas.routes.web_app import web_app
from sipas.survey.preview import Preview

_ROUTES = [
    preview.open_preview,
    preview.open_form,
    preview.post_form,
    preview.enrol,
    preview.config,
    preview.heartbeat,
    submissions.post_submissions,
    kiosk_shell.get_shell,
]


def create_preview_app(shown: Preview, public_url: str) -> Litestar:
    """Return an application whose pages are marked as a preview."""
    state = {"preview": shown, "kiosk_tokens": preview.PreviewTokens(shown), "intake": shown}
    return web_app(_ROUTES, state, public_url, template_globals={"preview": _words()})


def _words() -> dict[str, object]:
    """Return the words of the mark in every language: the reader may know one only."""
    return {
        "banner": [(one, text(one, "preview.banner")) for one in LANGUAGES],
        "dropped": [(one, text(one, "preview.dropped")) for one in LANGUAGES],
    }
