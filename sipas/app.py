"""Wiring: settings, pool, background tasks, routes, error map."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response.file import ASGIFileResponse
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig
from litestar.types import ASGIApp

from sipas.postgres import database
from sipas.postgres.pool import UNAVAILABLE, Pool, leave_as_it_is, open_pool, patiently
from sipas.queries.durability import list_parameter_logging
from sipas.repeated_log import RepeatedLog
from sipas.report.sources.rounds import Rounds
from sipas.routes import (
    answers,
    charts,
    compare,
    dashboard,
    fleet,
    funnel,
    health,
    indices,
    kiosk,
    kiosk_shell,
    link,
    messages,
    poster,
    session,
    submissions,
    transactions,
)
from sipas.routes.guards import KioskTokens
from sipas.routes.problems import FILE_HANDLERS, HANDLERS
from sipas.routes.requests import FileRouter, with_body_limit, with_head
from sipas.routes.response_headers import adds_headers
from sipas.routes.work import Work
from sipas.settings import Settings, read_settings
from sipas.survey.access.sign_in import Authenticator
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.intake.counting import count_waiting
from sipas.survey.intake.group_commit import WRITERS, Intake
from sipas.survey.invitations.event_recorder import Feed
from sipas.survey.invitations.inviting import invite_due
from sipas.survey.links.lookup_throttle import Guesses
from sipas.survey.links.mixing import mix_due, mix_simulated
from sipas.survey.links.posters import poster_limit
from sipas.survey.links.waiting import read_answer_sealer
from sipas.survey.messaging.config import LiveSms, SmsConfig
from sipas.survey.messaging.expiry import sweep
from sipas.survey.messaging.unread_retry import retry_unread

LOG = logging.getLogger(__name__)
FAILURES = RepeatedLog(LOG)
PACKAGE = Path(__file__).resolve().parent
PATIENCE = 60.0  # seconds for a database that recovers while a worker starts
REFRESHING = 1.0  # seconds between two looks at the catalogue's version
INVITING = 15.0  # and at who is due to be asked
SWEEPING = 60.0  # and at messages that nobody will hear of any more
MIXING = 30.0  # and at what waits to be mixed
COUNTING = 0.25  # and at what waits to be counted: little at a time, so that intake never waits long for it

ROUTES = [
    health.healthz,
    health.readyz,
    submissions.post_submissions,
    kiosk.enrol,
    kiosk.config,
    kiosk.heartbeat,
    transactions.post_transactions,
    messages.post_messages,
    kiosk_shell.get_shell,
    link.open_link,
    link.post_link,
    link.open_nothing,
    poster.open_poster,
    poster.post_poster,
    session.login_page,
    session.login,
    session.logout,
    indices.get_indices,
    compare.get_comparison,
    answers.get_ranks,
    answers.get_targets,
    answers.get_small_areas,
    charts.get_chart,
    dashboard.get_dashboard,
    fleet.get_fleet,
    funnel.get_links,
]


def with_kiosk_headers(response: ASGIApp) -> ASGIApp:
    """Files are answered by an ASGI response, which does not take headers from its route."""
    if isinstance(response, ASGIFileResponse):
        response.headers.update(kiosk_shell.KIOSK_HEADERS)
    return response


def create_app(
    settings: Settings | None = None, *, open_to_all: bool = False, simulated: Collection[str] = ()
) -> Litestar:
    """For a demonstration: results without signing in, and the rounds whose answers it makes up."""
    settings = settings or read_settings()
    app = Litestar(
        route_handlers=[
            *with_head(ROUTES),
            create_static_files_router(
                "/kiosk",
                [kiosk_shell.FOLDER],
                name="kiosk",
                html_mode=True,
                after_request=with_kiosk_headers,
                exception_handlers=FILE_HANDLERS,
                router_class=FileRouter,
            ),
            create_static_files_router(
                "/static",
                [PACKAGE / "static"],
                name="static",
                exception_handlers=FILE_HANDLERS,
                router_class=FileRouter,
            ),
        ],
        template_config=TemplateConfig(directory=PACKAGE / "templates", engine=JinjaTemplateEngine),
        compression_config=CompressionConfig(
            "gzip", gzip_compress_level=5, exclude_opt_key="compresses_itself"
        ),
        exception_handlers=HANDLERS,
        state=State({"settings": settings, "open_to_all": open_to_all, "simulated": simulated}),
        lifespan=[collecting],
        openapi_config=None,
        logging_config=None,  # Litestar's own would log every request of every library
        before_send=[adds_headers(settings.public_url)],
    )
    app.asgi_handler = with_body_limit(app.asgi_handler, without=submissions.PATH)
    return app


@asynccontextmanager
async def collecting(app: Litestar) -> AsyncIterator[None]:
    """The database and the tasks that run beside the routes. The server ends this once all are answered."""
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database(app.state.settings, patience=PATIENCE))
        pool = await stack.enter_async_context(await patiently(lambda: open_pool(dsn), PATIENCE))
        # Its own, so that no page, sign-in or report can keep an answer from being stored.
        intake_pool = await stack.enter_async_context(
            await patiently(lambda: open_pool(dsn, max_size=WRITERS, reset=leave_as_it_is), PATIENCE)
        )
        await patiently(lambda: warn_of_logging(pool), PATIENCE)
        catalogue = LiveCatalogue(pool)
        await patiently(catalogue.refresh, PATIENCE)
        intake = Intake(intake_pool, catalogue)
        app.state.update({"pool": pool, "catalogue": catalogue})
        app.state.update({"kiosk_tokens": KioskTokens(pool), "intake": intake})
        app.state.update({"feed": Feed(pool, app.state.settings)})
        app.state.update({"authenticator": Authenticator(pool, app.state.settings.secret)})
        app.state.update(
            {"rounds": Rounds(pool, catalogue), "guesses": Guesses(), "poster_limit": poster_limit()}
        )
        app.state.update({"waiting": 0, "answer_sealer": read_answer_sealer(app.state.settings)})
        app.state.update({"sms": LiveSms(app.state.settings), "work": Work()})
        stack.push_async_callback(app.state.work.close)
        await stack.enter_async_context(running(intake.run()))
        await stack.enter_async_context(running(repeat(catalogue.refresh, REFRESHING)))
        await stack.enter_async_context(running(repeat(lambda: count_waiting(pool, catalogue), COUNTING)))
        await stack.enter_async_context(running(repeat(lambda: share_guesses(app.state), REFRESHING)))
        await stack.enter_async_context(running(repeat(lambda: mix(app.state), MIXING)))
        await stack.enter_async_context(running(repeat(lambda: invite(app.state), INVITING)))
        await stack.enter_async_context(running(repeat(lambda: sweep(pool, datetime.now(UTC)), SWEEPING)))
        await stack.enter_async_context(running(repeat(lambda: read_kept_callbacks(app.state), SWEEPING)))
        yield


async def warn_of_logging(pool: Pool) -> None:
    async with pool.acquire() as conn:
        for setting in await list_parameter_logging(conn):
            LOG.warning(
                "the database's log holds what responses say (%s = %s): set log_parameter_max_length = 0",
                setting.name,
                setting.value,
            )


async def share_guesses(state: State) -> None:
    await state.guesses.share(state.pool, datetime.now(UTC))


async def invite(state: State) -> None:
    await invite_due(state.pool, state.catalogue, state.settings)


async def read_kept_callbacks(state: State) -> None:
    """Those that came while the configuration of messages could not be read."""
    config: SmsConfig | None = state.sms.read()
    if config and config.http and config.http.callback:
        secret, sealer, now = state.settings.secret, state.feed.books.sealer, datetime.now(UTC)
        async with state.pool.acquire() as conn:
            await retry_unread(conn, config.http.callback, secret, sealer, now, ["configuration"])


async def mix(state: State) -> None:
    if state.simulated:
        state.update({"waiting": await mix_simulated(state.pool, state.answer_sealer, state.waiting)})
    await mix_due(state.pool, state.answer_sealer, datetime.now(UTC))


@asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def repeat(step: Callable[[], Awaitable[object]], every: float) -> None:
    """A step that fails is logged and comes again: neither counting nor a refresh may stop for good."""
    while True:
        try:
            await step()
        except UNAVAILABLE as error:
            FAILURES.warning("database", f"background steps wait for the database: {error}")
        except Exception as error:
            FAILURES.exception("step", "a background step failed and is tried again", error)
        await asyncio.sleep(every)
