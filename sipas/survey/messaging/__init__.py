"""Text messages: whom they may reach, what they say, and how far each came."""
