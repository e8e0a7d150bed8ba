"""Serves the preview of an instrument until stopped."""

import socket
from urllib.parse import quote

import click

from sipas.cli.instruments import PREVIEW_PORT
from sipas.demo.server import address_of, listen, serving, stoppable
from sipas.errors import InputError, SipasError
from sipas.http_server import reserve_port
from sipas.preview_app import create_preview_app
from sipas.routes.preview import FORM_PATH
from sipas.survey.instruments.forms import KIOSK_QUESTIONS_MAX, Form
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.preview import Preview


def serve_preview(instrument: Instrument, form: str | None, host: str, port: int | None) -> None:
    """Print the addresses of the pages, and serve them. port: None takes the first free one."""
    preview = Preview(instrument, _find_form(instrument, form) if form else None)
    with stoppable(), _reserve(host, port) as listening:
        address = address_of(listening)
        try:
            with serving(create_preview_app(preview, address), listening) as ended:
                print(*_addresses(preview, address), sep="\n", flush=True)
                _say_what_is_missing(preview)
                ended.wait()
                raise SipasError("the preview stopped unexpectedly; its log says why")
        except KeyboardInterrupt:
            click.echo("stopping; nothing was stored", err=True)


def _find_form(instrument: Instrument, wanted: str) -> Form:
    forms = {form.id: form for form in instrument.all_forms()}
    if wanted not in forms:
        raise InputError(f"{instrument.name} has no form {wanted!r}; its forms are {', '.join(forms)}")
    return forms[wanted]


def _reserve(host: str, port: int | None) -> socket.socket:
    if port is None:
        return listen(host, PREVIEW_PORT)
    try:
        return reserve_port(host, port)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise SipasError(f"cannot listen on {host}:{port}: {reason}; choose another --port") from error


def _addresses(preview: Preview, address: str) -> list[str]:
    phone = [f"phone {address}{FORM_PATH}/{quote(form.id, safe='')}" for form in preview.forms]
    kiosk = [f"kiosk {address}/kiosk/#{preview.code}"] if preview.fits_kiosk else []
    return ["ready", f"preview {address}/", *phone, *kiosk]


def _say_what_is_missing(preview: Preview) -> None:
    if not preview.fits_kiosk:
        form = preview.kiosk_form
        click.echo(
            f"no kiosk page: form {form.id} of {preview.instrument.name} has "
            f"{preview.instrument.count_questions(form)} questions, and kiosks ask at most "
            f"{KIOSK_QUESTIONS_MAX}",
            err=True,
        )
