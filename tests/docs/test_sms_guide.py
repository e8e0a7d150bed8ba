"""The configurations of docs/guides/sms.md are valid, and their values are the defaults."""

import re
from pathlib import Path

import msgspec
import pytest

from sipas.survey.messaging.config import SmsConfig

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "sms.md").read_text(encoding="utf-8")
GENERAL, *GATEWAYS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize(("transport", "gateway"), [*zip(("smpp", "http"), GATEWAYS, strict=True)])
def test_the_examples_are_configurations(transport: str, gateway: str) -> None:
    text = GENERAL.replace('transport = "smpp"', f'transport = "{transport}"') + gateway
    config = msgspec.toml.decode(text, type=SmsConfig)
    assert config.transport == transport
    assert config.texts["vi"].invitation is not None


def test_the_values_of_the_page_are_the_defaults() -> None:
    said, usual = msgspec.toml.decode(GENERAL.replace('"smpp"', '"log"'), type=SmsConfig), SmsConfig()
    for name in ("plain", "per_second", "at_once", "timeout", "quiet"):
        assert getattr(said, name) == getattr(usual, name), name
    assert usual.per_day is None
