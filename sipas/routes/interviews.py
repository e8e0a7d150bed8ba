"""Requests of interviewers' tablets: sign-in, households and questions, visits, answers."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import (
    ClientException,
    NotAuthorizedException,
    PermissionDeniedException,
    TooManyRequestsException,
)
from litestar.params import JSONBody

from sipas.queries.people import SignedInPerson, delete_session, find_session
from sipas.routes.guards import bearer_token, request_source
from sipas.survey.access.sign_in import TooManyAttempts
from sipas.survey.intake.group_commit import SubmissionResult
from sipas.survey.intake.raw_submissions import split_array
from sipas.survey.interviews.answers import Visit, VisitResult, record_visits, store_interviews
from sipas.survey.interviews.questionnaire import interviews_of
from sipas.survey.tokens import hash_token

_INTERVIEWS_BYTES_MAX = 1024 * 1024
_Visits = Annotated[list[Visit], msgspec.Meta(min_length=1, max_length=1000)]
_Text = Annotated[str, msgspec.Meta(max_length=1024)]

AnyRequest = Request[Any, Any, State]


class _SignIn(msgspec.Struct):
    name: _Text
    password: _Text


class _Token(msgspec.Struct, frozen=True):
    token: str
    name: str


class _Answered(msgspec.Struct, frozen=True):
    results: list[SubmissionResult]


class _Visited(msgspec.Struct, frozen=True):
    results: list[VisitResult]


@post("/api/interviews/sign-in", status_code=200)
async def sign_in_tablet(request: AnyRequest, data: JSONBody[_SignIn], state: State) -> _Token:
    """Return the token of an interviewer. It lasts for weeks, and ends with the user or the password."""
    try:
        signed_in = await state.authenticator.sign_in(data.name, data.password, request_source(request))
    except TooManyAttempts as error:
        headers = {"retry-after": str(error.retry_after_s)}
        raise TooManyRequestsException(str(error), headers=headers) from None
    if signed_in is None:
        raise NotAuthorizedException("the name or the password is wrong")
    if signed_in.role != "interviewer":
        async with state.pool.acquire() as conn:
            await delete_session(conn, hash_token(signed_in.session))
        raise PermissionDeniedException(
            f"{data.name} is no interviewer; add one with `sipas user add NAME --role interviewer`"
        )
    return _Token(signed_in.session, data.name)


@post("/api/interviews/sign-out", status_code=204)
async def sign_out_tablet(request: AnyRequest, state: State) -> None:
    await _get_interviewer(request, state)
    async with state.pool.acquire() as conn:
        await delete_session(conn, hash_token(_token_of(request)))


@get("/api/interviews")
async def get_interviews(request: AnyRequest, state: State) -> Response[bytes]:
    """Return the questions and the households of the interviewer, or 304 if nothing has changed."""
    person = await _get_interviewer(request, state)
    catalogue = await state.catalogue.refresh()
    async with state.pool.acquire() as conn:
        body = msgspec.json.encode(await interviews_of(conn, catalogue, person, datetime.now(UTC)))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@post("/api/interviews/visits", status_code=200)
async def post_visits(request: AnyRequest, data: JSONBody[_Visits], state: State) -> _Visited:
    """Record visits without an interview. Sent again, they change nothing."""
    await _get_interviewer(request, state)
    catalogue = await state.catalogue.refresh()
    async with state.pool.acquire() as conn:
        return _Visited(await record_visits(conn, catalogue, data))


@post("/api/interviews/answers", status_code=200, request_max_body_size=_INTERVIEWS_BYTES_MAX)
async def post_interviews(request: AnyRequest, state: State) -> _Answered:
    """Store interviews; answer once all are durable. Results are in the order sent."""
    await _get_interviewer(request, state)
    raws = split_array(await request.body())
    if isinstance(raws, str):
        raise ClientException(raws)
    catalogue = await state.catalogue.refresh()
    async with state.pool.acquire() as conn:
        now = datetime.now(UTC)
        return _Answered(await store_interviews(conn, catalogue, state.answer_cipher, raws, now))


def _token_of(request: AnyRequest) -> str:
    token = bearer_token(request.headers.get("authorization"))
    if token is None:
        raise NotAuthorizedException("sign in, and send the token: Authorization: Bearer …")
    return token


async def _get_interviewer(request: AnyRequest, state: State) -> SignedInPerson:
    async with state.pool.acquire() as conn:
        person = await find_session(conn, hash_token(_token_of(request)))
    if person is None or person.role != "interviewer":
        raise NotAuthorizedException("the session has ended; sign in again")
    return person
