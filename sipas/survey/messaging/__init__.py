"""SMS messages: texts, sending, delivery receipts and replies."""
