"""The three variables that a user must know."""

import pytest

from sipas.errors import InputError
from sipas.settings import read_public_url


@pytest.mark.parametrize("given", ["https://sipas.test", "http://10.0.0.7:8000", "https://a.test/danh-gia"])
def test_an_http_address_is_taken_without_its_last_slash(given: str) -> None:
    assert read_public_url(given) == read_public_url(f"{given}/") == given


@pytest.mark.parametrize(
    "given",
    ["foo", "sipas.test", "ftp://sipas.test", "https://", "https:///q", "http://a b", "https://a.test?x=1",
     "https://a.test/#x", "https://u:p@a.test", "http://a:port", "javascript:alert(1)", "http://[::"],
)  # fmt: skip
def test_what_no_poster_can_lead_to_is_refused(given: str) -> None:
    with pytest.raises(InputError, match=r"SIPAS_PUBLIC_URL is .* set it to the address of the service"):
        read_public_url(given)
