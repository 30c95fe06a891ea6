"""What is posted about an account, by noun. allauth imports `signing_up` at its start: nothing is imported here."""
