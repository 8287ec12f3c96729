"""What keeps a finding from counting: claims in settings and comments, and the baseline. Nothing is ever left out."""
