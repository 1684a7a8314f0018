"""The Crown Court of England and Wales: cases received, prepared, listed, tried or ended early, out of one pool of hours."""
