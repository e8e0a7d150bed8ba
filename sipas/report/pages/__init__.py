"""Contents of the dashboard and of the page of invitations."""
