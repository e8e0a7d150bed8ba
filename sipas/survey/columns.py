"""Names of the columns that every round has, and the values of two of them."""

CHANNELS = ("kiosk", "sms", "web", "tablet", "paper")
SERVICE_CHANNELS = ("counter", "online", "post")

FLAG = "flagged"  # attribute of a response answered too fast to have been read
TOO_FAST = "fast"
UNFLAGGED = ("false", "no", "0")  # its value

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
