"""What the dashboard and the page of invitations show."""
