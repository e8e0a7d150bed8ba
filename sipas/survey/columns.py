"""The names of columns that every round has of its own, and the words that stand in two of them."""

CHANNELS = ("kiosk", "sms", "web", "tablet", "paper")
SERVICE_CHANNELS = ("counter", "online", "post")

FLAG = "flagged"  # the attribute of a response that was answered too fast to have been read
TOO_FAST = "fast"  # its value
UNFLAGGED = ("false", "no", "0")  # its values, beside none, that mean that it was not

PERIOD_COLUMNS = frozenset({"month", "quarter", "year"})
RESERVED_COLUMNS = PERIOD_COLUMNS | {
    *("unit", "unit_type", "procedure", "field", "service_channel", "channel", "form", "complete", FLAG),
}
IMPORT_COLUMNS = frozenset(
    {
        *("response_id", "unit", "procedure", "service_channel", "channel", "form", "language"),
        *("started_at", "submitted_at", "complete", "comment"),
    }
)
