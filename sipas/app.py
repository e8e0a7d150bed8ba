"""Wiring: settings, pool, background tasks, routes, error map."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime

from litestar import Litestar
from litestar.datastructures import State

from sipas.postgres import database
from sipas.postgres.pool import UNAVAILABLE_ERRORS, Pool, leave_as_it_is, open_pool, patiently
from sipas.queries.durability import list_parameter_logging
from sipas.repeated_log import RepeatedLog
from sipas.report.sources.rounds import Rounds
from sipas.routes import (
    answers,
    charts,
    compare,
    dashboard,
    export,
    fleet,
    funnel,
    health,
    indices,
    interviews,
    kiosk,
    kiosk_shell,
    link,
    messages,
    paper,
    paper_differences,
    paper_entry,
    poster,
    session,
    submissions,
    transactions,
)
from sipas.routes.guards import KioskTokens
from sipas.routes.web_app import web_app
from sipas.routes.work import Work
from sipas.settings import Settings, read_settings
from sipas.survey.access.sign_in import Authenticator
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.intake.group_commit import INTAKE_WRITERS, Intake
from sipas.survey.invitations.event_recorder import EventFeed
from sipas.survey.invitations.inviting import invite_due
from sipas.survey.links.lookup_throttle import LookupThrottle
from sipas.survey.links.mixing import mix_due, mix_simulated
from sipas.survey.links.posters import poster_limit
from sipas.survey.links.waiting import read_answer_cipher
from sipas.survey.messaging.config import LiveSms, SmsConfig
from sipas.survey.messaging.expiry import expire_messages
from sipas.survey.messaging.unread_retry import retry_unread
from sipas.survey.segments.sealing import merge_step, seal_waiting_responses

_LOG = logging.getLogger(__name__)
_FAILURES = RepeatedLog(_LOG)
_DATABASE_START_SECONDS = 60.0  # for a database that recovers while a worker starts
_CATALOGUE_EVERY_SECONDS = 1.0  # between two checks of the catalogue's version
_INVITE_EVERY_SECONDS = 15.0  # of due invitations
_EXPIRY_EVERY_SECONDS = 60.0  # of expired messages
_MIX_EVERY_SECONDS = 30.0  # of answers due for the mix
_SEAL_EVERY_SECONDS = 1.0  # waiting responses
_MERGE_EVERY_SECONDS = 5.0  # segments

ROUTES = [
    health.healthz,
    health.readyz,
    submissions.post_submissions,
    kiosk.enrol,
    kiosk.config,
    kiosk.heartbeat,
    interviews.sign_in_tablet,
    interviews.sign_out_tablet,
    interviews.get_interviews,
    interviews.post_visits,
    interviews.post_interviews,
    transactions.post_transactions,
    messages.post_messages,
    kiosk_shell.get_shell,
    kiosk_shell.get_interviews_shell,
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
    export.get_export,
    dashboard.get_dashboard,
    fleet.get_fleet,
    funnel.get_links,
    paper.get_paper,
    paper.start_paper,
    paper_entry.get_paper_entry,
    paper_entry.post_paper_entry,
    paper_differences.get_differences,
    paper_differences.post_differences,
]


def create_app(
    settings: Settings | None = None, *, open_to_all: bool = False, simulated: Collection[str] = ()
) -> Litestar:
    """open_to_all, simulated: for a demonstration, whose results need no sign-in and whose answers are
    made up.
    """
    settings = settings or read_settings()
    state = {"settings": settings, "open_to_all": open_to_all, "simulated": simulated}
    return web_app(ROUTES, state, settings.public_url, lifespan=[_collecting])


@asynccontextmanager
async def _collecting(app: Litestar) -> AsyncIterator[None]:
    """Run the database and the background tasks. The server ends this after all requests."""
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database(app.state.settings, patience=_DATABASE_START_SECONDS))
        pool = await stack.enter_async_context(
            await patiently(lambda: open_pool(dsn), _DATABASE_START_SECONDS)
        )
        # A separate pool, so that pages and reports never block the storing of answers.
        intake_pool = await stack.enter_async_context(
            await patiently(
                lambda: open_pool(dsn, max_size=INTAKE_WRITERS, reset=leave_as_it_is), _DATABASE_START_SECONDS
            )
        )
        await patiently(lambda: _warn_of_logging(pool), _DATABASE_START_SECONDS)
        catalogue = LiveCatalogue(pool)
        await patiently(catalogue.refresh, _DATABASE_START_SECONDS)
        intake = Intake(intake_pool, catalogue)
        app.state.update({"pool": pool, "catalogue": catalogue})
        app.state.update({"kiosk_tokens": KioskTokens(pool), "intake": intake})
        app.state.update({"feed": EventFeed(pool, app.state.settings)})
        app.state.update({"authenticator": Authenticator(pool, app.state.settings.secret)})
        app.state.update(
            {"rounds": Rounds(pool, catalogue), "throttle": LookupThrottle(), "poster_limit": poster_limit()}
        )
        app.state.update({"waiting": 0, "answer_cipher": read_answer_cipher(app.state.settings)})
        app.state.update({"sms": LiveSms(app.state.settings), "work": Work()})
        stack.push_async_callback(app.state.work.close)
        await stack.enter_async_context(_running(intake.run()))
        await stack.enter_async_context(_running(_repeat(catalogue.refresh, _CATALOGUE_EVERY_SECONDS)))
        await stack.enter_async_context(
            _running(_repeat(lambda: seal_waiting_responses(pool, catalogue), _SEAL_EVERY_SECONDS))
        )
        await stack.enter_async_context(
            _running(_repeat(lambda: merge_step(pool, catalogue), _MERGE_EVERY_SECONDS))
        )
        await stack.enter_async_context(
            _running(_repeat(lambda: _share_failed_lookups(app.state), _CATALOGUE_EVERY_SECONDS))
        )
        await stack.enter_async_context(_running(_repeat(lambda: _mix(app.state), _MIX_EVERY_SECONDS)))
        await stack.enter_async_context(_running(_repeat(lambda: _invite(app.state), _INVITE_EVERY_SECONDS)))
        await stack.enter_async_context(
            _running(_repeat(lambda: expire_messages(pool, datetime.now(UTC)), _EXPIRY_EVERY_SECONDS))
        )
        await stack.enter_async_context(
            _running(_repeat(lambda: _read_kept_callbacks(app.state), _EXPIRY_EVERY_SECONDS))
        )
        yield


async def _warn_of_logging(pool: Pool) -> None:
    async with pool.acquire() as conn:
        for setting in await list_parameter_logging(conn):
            _LOG.warning(
                "the database's log holds what responses say (%s = %s): set log_parameter_max_length = 0",
                setting.name,
                setting.value,
            )


async def _share_failed_lookups(state: State) -> None:
    await state.throttle.share(state.pool, datetime.now(UTC))


async def _invite(state: State) -> None:
    await invite_due(state.pool, state.catalogue, state.settings)


async def _read_kept_callbacks(state: State) -> None:
    """Read callbacks that arrived while the SMS configuration could not be read."""
    config: SmsConfig | None = state.sms.read()
    if config and config.http and config.http.callback:
        secret, cipher, now = state.settings.secret, state.feed.recorder.cipher, datetime.now(UTC)
        async with state.pool.acquire() as conn:
            await retry_unread(conn, config.http.callback, secret, cipher, now, ["configuration"])


async def _mix(state: State) -> None:
    if state.simulated:
        state.update({"waiting": await mix_simulated(state.pool, state.answer_cipher, state.waiting)})
    await mix_due(state.pool, state.answer_cipher, datetime.now(UTC))


@asynccontextmanager
async def _running(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(step: Callable[[], Awaitable[object]], every: float) -> None:
    """Repeat a step. Failures are logged and do not end the repetition."""
    while True:
        try:
            await step()
        except UNAVAILABLE_ERRORS as error:
            _FAILURES.warning("database", f"background steps wait for the database: {error}")
        except Exception as error:
            _FAILURES.exception("step", "a background step failed and is tried again", error)
        await asyncio.sleep(every)
