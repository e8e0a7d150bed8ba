"""The application around a list of routes: files, templates, compression, error map, headers, limits."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response.file import ASGIFileResponse
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig
from litestar.types import ASGIApp

from sipas.routes import kiosk_shell
from sipas.routes.problems import EXCEPTION_HANDLERS, FILE_HANDLERS
from sipas.routes.requests import FileRouter, with_body_limit, with_head
from sipas.routes.response_headers import with_default_headers
from sipas.routes.submissions import SUBMISSIONS_PATH, post_submissions

_PACKAGE = Path(__file__).resolve().parents[1]


def web_app(
    routes: Sequence[BaseRouteHandler],
    state: Mapping[str, object],
    public_url: str,
    *,
    lifespan: Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]] = (),
    template_globals: Mapping[str, object] | None = None,
) -> Litestar:
    """template_globals: values that every page has, by name."""

    def add_globals(engine: JinjaTemplateEngine) -> None:
        engine.engine.globals.update(template_globals or {})

    app = Litestar(
        route_handlers=[
            *with_head(routes),
            _browser_app("kiosk", kiosk_shell.KIOSK_FOLDER),
            _browser_app("interviews", kiosk_shell.INTERVIEWS_FOLDER),
            create_static_files_router(
                "/static",
                [_PACKAGE / "static"],
                name="static",
                exception_handlers=FILE_HANDLERS,
                router_class=FileRouter,
            ),
        ],
        template_config=TemplateConfig(
            directory=_PACKAGE / "templates", engine=JinjaTemplateEngine, engine_callback=add_globals
        ),
        compression_config=CompressionConfig(
            "gzip", gzip_compress_level=5, exclude_opt_key="compresses_itself"
        ),
        exception_handlers=EXCEPTION_HANDLERS,
        state=State(dict(state)),
        lifespan=list(lifespan),
        openapi_config=None,
        logging_config=None,  # Litestar's own would log every request of every library
    )
    limited = with_body_limit(app.asgi_handler, direct={SUBMISSIONS_PATH: post_submissions.fn})
    app.asgi_handler = with_default_headers(limited, public_url)
    return app


def _browser_app(name: str, folder: Path) -> Router:
    return create_static_files_router(
        f"/{name}",
        [folder],
        name=name,
        html_mode=True,
        after_request=_with_kiosk_headers,
        exception_handlers=FILE_HANDLERS,
        router_class=FileRouter,
    )


def _with_kiosk_headers(response: ASGIApp) -> ASGIApp:
    """Add headers to files: they are ASGI responses, which do not take headers from their route."""
    if isinstance(response, ASGIFileResponse):
        response.headers.update(kiosk_shell.KIOSK_HEADERS)
    return response
