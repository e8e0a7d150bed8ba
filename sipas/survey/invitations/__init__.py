"""From what one-stop systems tell of finished transactions to counts, and to whom is asked."""
