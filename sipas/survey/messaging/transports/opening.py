"""Opens the configured transport. A library is loaded only if it is needed."""

from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.transports import Transport
from sipas.survey.messaging.transports.log import LogTransport


def open_transport(config: SmsConfig) -> Transport:
    if config.transport == "smpp":
        from sipas.survey.messaging.transports.smpp import SmppTransport

        return SmppTransport(config)
    if config.transport == "http":
        from sipas.survey.messaging.transports.http import HttpTransport

        return HttpTransport(config)
    return LogTransport()
